"""Photographs of barcodes as readers take them: drawn, turned, blurred, small."""

import io

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter

PAGE = 200
"""How grey a page is."""


def code(text: str, kind: str = "EAN13") -> Image.Image:
    """A code as it is printed."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(kind))
    return Image.fromarray(np.array(zxingcpp.write_barcode_to_image(drawn, scale=3))).convert("L")


def photograph(
    *codes: Image.Image,
    size: tuple[int, int] = (1600, 1200),
    scale: float = 1.5,
    angle: float = 0,
    blur: float = 0,
) -> Image.Image:
    """A page with these codes on it, each with its white margin."""
    page = Image.new("L", size, PAGE)
    for number, each in enumerate(codes):
        printed = each.resize((round(each.width * scale), round(each.height * scale)))
        label = Image.new("L", (printed.width + 60, printed.height + 60), 255)
        label.paste(printed, (30, 30))
        turned = label.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=PAGE)
        page.paste(turned, (60, 40 + number * (turned.height + 20)))
    return page.filter(ImageFilter.GaussianBlur(blur)) if blur else page


def file(picture: Image.Image, kind: str = "JPEG") -> bytes:
    """The picture as a file."""
    kept = io.BytesIO()
    picture.save(kept, kind, quality=80)
    return kept.getvalue()
