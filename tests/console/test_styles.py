"""What the pages are dressed with."""

import re
from pathlib import Path

import console

HERE = Path(console.__file__).parent
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_PLACE = re.compile(r"{%.*?%}|{{.*?}}")


def test_every_class_of_a_page_has_a_rule() -> None:
    sheets = _COMMENT.sub("", "".join(sheet.read_text("utf-8") for sheet in HERE.glob("static/*.css")))
    ruled = set(re.findall(r"\.([a-z][\w-]*)", sheets))
    unruled = {
        f"{page.name}: {name}"
        for page in HERE.glob("templates/*.html")
        for said in re.findall(r'class="([^"]*)"', page.read_text("utf-8"))
        for name in _PLACE.sub(" ", said.replace("of-{{", "{{")).split()
        if name not in ruled
    }
    assert unruled == set()
