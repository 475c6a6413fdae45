"""What Discord takes as a message: sizes, components and their places, all problems at once."""

from collections.abc import Iterator

from tests.fakes.discord.refusals import Problems, Refused
from tests.fakes.discord.world import V2, Json, Value

ROW, BUTTON, SELECT, TEXT_INPUT = 1, 2, 3, 4
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
SELECTS = {3, 5, 6, 7, 8}
TOP = {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER}
INSIDE_CONTAINER = TOP - {CONTAINER}
MOST_COMPONENTS, MOST_CHARACTERS, MOST_BUTTONS, LINK_STYLE = 40, 4000, 5, 5
LARGEST_FILE = 10 * 2**20
MOST_FILES = 10


def check_message(body: Json, names: list[str], sizes: list[int]) -> None:
    """Refuse a message that breaks a rule; `names` and `sizes` are of its files."""
    if any(one > LARGEST_FILE for one in sizes):
        raise Refused(40005)
    problems, modern = Problems(), bool(int(body.get("flags") or 0) & V2)
    problems.longest("content", body.get("content") or "", 2000)
    problems.longest("nonce", body.get("nonce") or "", 25)
    if len(names) > MOST_FILES:
        problems.add("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    _check_alts(body, problems)
    if modern:
        _check_modern(body, names, problems)
    else:
        _check_rows(body, problems)
    _check_ids(body.get("components") or [], problems)
    problems.refuse()
    if not (body.get("content") or body.get("embeds") or body.get("components") or names):
        raise Refused(50006)


def _check_alts(body: Json, problems: Problems) -> None:
    for at, one in enumerate(body.get("attachments") or []):
        problems.longest(f"attachments.{at}.description", one.get("description") or "", 1024)


def _check_modern(body: Json, names: list[str], problems: Problems) -> None:
    for name in ("content", "embeds", "poll", "sticker_ids"):
        if body.get(name):
            words = f"The {name} field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            problems.add(name, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", words)
    components = body.get("components") or []
    everything = list(walk(components))
    if len(everything) > MOST_COMPONENTS:
        words = f"The maximum number of components is {MOST_COMPONENTS}"
        problems.add("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", words)
    written = sum(len(one.get("content") or "") for one in everything if one["type"] == TEXT)
    if written > MOST_CHARACTERS:
        words = f"The total length of text displays is at most {MOST_CHARACTERS}"
        problems.add("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", words)
    for at, one in enumerate(components):
        _check_block(one, f"components.{at}", TOP, names, problems)


def _check_block(
    block: Json, path: str, allowed: set[int], names: list[str], problems: Problems
) -> None:
    kind = block.get("type")
    if kind not in allowed:
        problems.add(f"{path}.type", "UNION_TYPE_CHOICES", f"Value of field must be in {allowed}")
        return
    if kind == ROW:
        _check_row(block, path, problems)
    elif kind == TEXT:
        problems.longest(f"{path}.content", block.get("content") or "", 4000, 1)
    elif kind == SECTION:
        _check_section(block, path, names, problems)
    elif kind == CONTAINER:
        _check_inside(block, path, names, problems)
    elif kind in {GALLERY, FILE}:
        _check_media(block, path, names, problems)


def _check_inside(block: Json, path: str, names: list[str], problems: Problems) -> None:
    inside = block.get("components") or []
    if not inside:
        problems.add(f"{path}.components", "BASE_TYPE_REQUIRED", "This field is required")
    for at, one in enumerate(inside):
        _check_block(one, f"{path}.components.{at}", INSIDE_CONTAINER, names, problems)


def _check_section(block: Json, path: str, names: list[str], problems: Problems) -> None:
    inside, beside = block.get("components") or [], block.get("accessory")
    if not 1 <= len(inside) <= 3:
        problems.longest(f"{path}.components", "x" * len(inside), 3, 1)
    for at, one in enumerate(inside):
        _check_block(one, f"{path}.components.{at}", {TEXT}, names, problems)
    if not beside:
        problems.add(f"{path}.accessory", "BASE_TYPE_REQUIRED", "This field is required")
    elif beside["type"] == BUTTON:
        _check_button(beside, f"{path}.accessory", problems)


def _check_media(block: Json, path: str, names: list[str], problems: Problems) -> None:
    """A file that a component shows has to be sent along; alt texts have a limit."""
    items = block.get("items") or [block]
    for at, one in enumerate(items):
        url = str((one.get("media") or one.get("file") or {}).get("url") or "")
        problems.longest(f"{path}.items.{at}.description", one.get("description") or "", 1024)
        if url.startswith("attachment://") and url.removeprefix("attachment://") not in names:
            words = f"The referenced attachment {url} was not found"
            problems.add(f"{path}.items.{at}.media.url", "UNFURLED_MEDIA_ITEM_NOT_FOUND", words)


def _check_rows(body: Json, problems: Problems) -> None:
    """Components beside content: at most five rows, and nothing else."""
    rows = body.get("components") or []
    problems.longest("components", "x" * len(rows), 5)
    for at, one in enumerate(rows):
        _check_block(one, f"components.{at}", {ROW}, [], problems)


def _check_row(row: Json, path: str, problems: Problems) -> None:
    inside = row.get("components") or []
    if not 1 <= len(inside) <= MOST_BUTTONS:
        words = f"Must be between 1 and {MOST_BUTTONS} in length."
        problems.add(f"{path}.components", "BASE_TYPE_BAD_LENGTH", words)
    for at, one in enumerate(inside):
        place = f"{path}.components.{at}"
        if one.get("type") == BUTTON:
            _check_button(one, place, problems)
        elif one.get("type") in SELECTS:
            check_select(one, place, problems)
        else:
            problems.add(f"{place}.type", "UNION_TYPE_CHOICES", "Only buttons and selects")


def _check_button(button: Json, path: str, problems: Problems) -> None:
    problems.longest(f"{path}.label", button.get("label") or "", 80)
    if not button.get("label") and not button.get("emoji"):
        problems.add(f"{path}.label", "BASE_TYPE_REQUIRED", "A button needs a label or an emoji")
    if button.get("style") == LINK_STYLE:
        problems.longest(f"{path}.url", button.get("url") or "", 512, 1)
        if "custom_id" in button:
            problems.add(
                f"{path}.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_EXCLUSIVE", "Not both"
            )
        if not str(button.get("url")).startswith(("http://", "https://", "discord://")):
            problems.add(f"{path}.url", "URL_TYPE_INVALID_SCHEME", "Scheme must be http or https")
    else:
        problems.longest(f"{path}.custom_id", button.get("custom_id") or "", 100, 1)


def check_select(select: Json, path: str, problems: Problems) -> None:
    problems.longest(f"{path}.custom_id", select.get("custom_id") or "", 100, 1)
    problems.longest(f"{path}.placeholder", select.get("placeholder") or "", 150)
    if select["type"] == SELECT:
        check_options(select, path, 25, problems)


def check_options(field: Json, path: str, most: int, problems: Problems, *, least: int = 1) -> None:
    options = field.get("options") or []
    if not least <= len(options) <= most:
        words = f"Must be between {least} and {most} in length."
        problems.add(f"{path}.options", "BASE_TYPE_BAD_LENGTH", words)
    values = [one.get("value") for one in options]
    if len(set(values)) < len(values):
        words = "The specified option value is already used"
        problems.add(f"{path}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", words)
    for at, one in enumerate(options):
        for name in ("label", "value"):
            problems.longest(f"{path}.options.{at}.{name}", one.get(name) or "", 100, 1)
        problems.longest(f"{path}.options.{at}.description", one.get("description") or "", 100)


def _check_ids(components: list[Json], problems: Problems) -> None:
    ids = [str(one["custom_id"]) for one in walk(components) if "custom_id" in one]
    if len(set(ids)) < len(ids):
        words = "Component custom id cannot be duplicated"
        problems.add("components", "COMPONENT_CUSTOM_ID_DUPLICATED", words)


def walk(components: Value) -> Iterator[Json]:
    """Every component, in reading order; what stands beside or inside one comes after it."""
    for one in components:
        yield one
        yield from walk(one.get("components") or [])
        for name in ("accessory", "component"):
            if one.get(name):
                yield from walk([one[name]])
