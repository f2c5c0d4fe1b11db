"""Templates are compiled once a process."""

from jinja2 import DictLoader, Environment

from console.compiled import CompiledOnce


class Counting(Environment):
    """Counts what it compiles."""

    compiled = 0

    def _generate(self, *args: object, **kwargs: object) -> str:
        Counting.compiled += 1
        return super()._generate(*args, **kwargs)  # type: ignore[arg-type]


def test_a_second_console_compiles_nothing_but_what_has_changed() -> None:
    kept = CompiledOnce()

    said = [
        Counting(loader=DictLoader({"page": source}), bytecode_cache=kept).get_template("page").render(name="Анна")
        for source in ("Здравствуйте, {{ name }}", "Здравствуйте, {{ name }}", "До свидания, {{ name }}")
    ]

    assert said == ["Здравствуйте, Анна", "Здравствуйте, Анна", "До свидания, Анна"]
    assert Counting.compiled == 2
