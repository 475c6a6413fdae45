"""Boxes come out the same whichever tool drew them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.harness.picture_files import Laid, lay, picture_python, png, pngs, write

Lay = Callable[[], Laid]
NAMES = ["image", "label", "xmin", "ymin", "xmax", "ymax"]
VOC = """<annotation><filename>old.png</filename><size><width>20</width></size>
<object><name>cat</name><bndbox><xmin>2</xmin><ymin>1</ymin><xmax>8</xmax><ymax>6</ymax></bndbox></object>
<object><name>dog</name><bndbox><xmin>3</xmin><ymin>1</ymin><xmax>3</xmax><ymax>6</ymax></bndbox></object>
</annotation>"""


@pytest.fixture(scope="module")
async def python(environments: Path, anyio_backend: str) -> Path:
    del anyio_backend
    return await picture_python(environments)


@pytest.fixture
def laid(python: Path, tmp_path: Path) -> Lay:
    return lambda: lay(python, (tmp_path, "", None))


def test_voc_files_beside_the_pictures(laid: Lay, tmp_path: Path) -> None:
    pngs(tmp_path, "a.png", "b.png", "bare.png")
    write(tmp_path, a__xml=VOC, b__xml="<annotation><filename>b.png</filename></annotation>")
    found = laid()
    assert (found.layout, found.form, found.names) == ("boxes", "voc", NAMES)
    assert found.rows() == [["a.png", "cat", "2", "1", "8", "6"], ["b.png", *[None] * 5]]
    assert "Left out 1 box: 1 without an area." in found.notes
    assert "1 picture without an annotation were left out (bare.png)." in found.notes


def test_voc_lists_are_the_given_parts(laid: Lay, tmp_path: Path) -> None:
    pngs(tmp_path / "JPEGImages", "a.png", "b.png", "c.png")
    for stem in "abc":
        write(tmp_path / "Annotations", **{f"{stem}__xml": VOC})
    lists = {"train": "a\n", "val": "b\n", "trainval": "a\nb\n", "test": "c\n"}
    write(
        tmp_path / "ImageSets" / "Main",
        **{f"{name}__txt": text for name, text in lists.items()},
        **{f"cat_{name}__txt": f"{text.strip()[:1]} 1\n" for name, text in lists.items()},
    )
    assert laid().counts() == {"train": 1, "validation": 1, "test": 1}


def test_an_xml_with_entities_is_never_parsed(laid: Lay, tmp_path: Path) -> None:
    png(tmp_path / "a.png")
    png(tmp_path / "b.png")
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + VOC
    write(tmp_path, a__xml=f'<?xml version="1.0"?>{bomb}', b__xml=VOC)
    assert [row[0] for row in laid().rows()] == ["b.png"]


def test_coco_with_a_file_a_part(laid: Lay, tmp_path: Path) -> None:
    for part in ("train", "val"):
        pngs(tmp_path / f"{part}2017", "1.png", "2.png")
        whole = {
            "images": [{"id": n, "file_name": f"{n}.png"} for n in (1, 2)],
            "categories": [{"id": 7, "name": "cat"}],
            "annotations": [
                {"image_id": 1, "category_id": 7, "bbox": [1, 2, 3.5, 4], "iscrowd": 0},
                {"image_id": 1, "category_id": 7, "bbox": [0, 0, 9, 9], "iscrowd": 1},
                {"image_id": 1, "category_id": 7, "bbox": [30, 0, 9, 9]},
            ],
        }
        write(tmp_path / "annotations", **{f"instances_{part}2017__json": json.dumps(whole)})
    found = laid()
    assert found.form == "coco"
    assert found.rows("train") == [
        ["train2017/1.png", "cat", "1", "2", "4.5", "6"],
        ["train2017/2.png", *[None] * 5],
    ]
    assert len(found.rows("validation")) == 2
    assert any("2 marked as a crowd, 2 mostly outside" in note for note in found.notes)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data__yaml", "train: ../train/images\nnc: 2\nnames: ['cat', \"big dog\"]\n"),
        ("data__yaml", "names:\n- cat\n- big dog\nnc: 2\n"),
        ("data__yml", "nc: 2\nnames:\n  0: cat\n  1: 'big dog'  # woof\npath: x\n"),
        ("classes__txt", "cat\nbig dog\n"),
        ("obj__names", "cat\nbig dog\n"),
    ],
)
def test_yolo_with_class_names_written_anywhere(
    laid: Lay, tmp_path: Path, name: str, text: str
) -> None:
    for part in ("train", "valid"):
        pngs(tmp_path / part / "images", "a.png", "b.png", "c.png")
        labels = {"a__txt": "0 0.5 0.5 0.2 0.4\n1 0.1 0.1 0.1 0.1 0.3 0.5\n", "b__txt": ""}
        write(tmp_path / part / "labels", **labels)
    write(tmp_path, **{name: text})
    found = laid()
    assert found.form == "yolo"
    assert found.rows("train") == [
        ["train/images/a.png", "cat", "8", "3", "12", "7"],
        ["train/images/a.png", "big dog", "2", "1", "6", "5"],
        ["train/images/b.png", *[None] * 5],
        ["train/images/c.png", *[None] * 5],
    ]
    assert len(found.rows("validation")) == 4


def test_yolo_without_names_keeps_numbers_and_says_so(laid: Lay, tmp_path: Path) -> None:
    png(tmp_path / "images" / "a.png")
    write(tmp_path / "labels", a__txt="3 0.5 0.5 1 1\n")
    found = laid()
    assert found.rows() == [["images/a.png", "3", "0", "0", "20", "10"]]
    assert any("classes are numbers" in note for note in found.notes)


TABLES = {
    "roboflow": "filename,width,height,class,xmin,ymin,xmax,ymax\na.png,20,10,cat,2,1,8,6\n",
    "corner_and_sides": "image_id,label,x,y,w,h\na,cat,2,1,6,5\n",
    "one_column": 'image_id,bbox,class\na,"[2, 1, 6, 5]",cat\na,"[1, 1, 1, 1]",cat\n',
    "shares": "ImageID,XMin,XMax,YMin,YMax,Label\na,0.1,0.4,0.1,0.6,cat\n",
    "no_names": "img/a.png,2,1,8,6,cat\nimg/b.png,2,1,8,6,dog\nimg/b.png,1,1,9,7,dog\n",
}


@pytest.mark.parametrize("kind", TABLES)
def test_boxes_in_a_table(laid: Lay, tmp_path: Path, kind: str) -> None:
    pngs(tmp_path, "img/a.png", "img/b.png")
    write(tmp_path, boxes__csv=TABLES[kind])
    found = laid()
    assert (found.layout, found.form) == ("boxes", "corners")
    assert found.rows()[0] == ["img/a.png", "cat", "2", "1", "8", "6"]


def test_other_annotators_json_and_xml(laid: Lay, tmp_path: Path) -> None:
    png(tmp_path / "a.png")
    labelme = {
        "shapes": [{"label": "cat", "points": [[8, 1], [2, 6]], "shape_type": "rectangle"}],
        "imagePath": "..\\x\\a.png",
    }
    place = {"x": 5, "y": 3.5, "width": 6, "height": 5}
    createml = [{"image": "a.png", "annotations": [{"label": "cat", "coordinates": place}]}]
    shape = {"name": "rect", "x": 2, "y": 1, "width": 6, "height": 5}
    region = {"shape_attributes": shape, "region_attributes": {"class": "cat"}}
    via = {"a.png99": {"filename": "a.png", "size": 99, "regions": [region]}}
    for form, told in (("labelme", labelme), ("createml", createml), ("via", via)):
        write(tmp_path, boxes__json=json.dumps(told))
        found = laid()
        assert (found.form, found.rows()) == (form, [["a.png", "cat", "2", "1", "8", "6"]])
    (tmp_path / "boxes.json").unlink()
    box = '<box label="cat" xtl="2" ytl="1" xbr="8" ybr="6"/>'
    write(tmp_path, cvat__xml=f'<annotations><image name="a.png">{box}</image></annotations>')
    assert (laid().form, laid().rows()) == ("cvat", [["a.png", "cat", "2", "1", "8", "6"]])
