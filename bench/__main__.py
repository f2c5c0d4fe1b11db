"""``python -m bench [NAME [OPTIONS…]]``: one measurement, or all of them in turn."""

import importlib
import pkgutil
import sys

import bench


def main() -> int:
    """Run the named measurement, or every module of this package that has a ``main``."""
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))
    asked = sys.argv[1:2]
    if asked and asked[0] not in names:
        print(f"there is no measurement {asked[0]!r}; there are: {', '.join(names)}")
        return 2
    for name in asked or names:
        module = importlib.import_module(f"bench.{name}")
        if hasattr(module, "main"):
            print(f"\n== {name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
            module.main(sys.argv[2:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
