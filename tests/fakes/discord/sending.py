"""What becomes of a message that the bot sends or changes: its files, its body, its flags."""

from collections.abc import Sequence

from tests.fakes.discord.limits import check_message, walk
from tests.fakes.discord.world import EPHEMERAL, V2, File, Json, World
from tests.fakes.people import Upload

SHOWN = ("content", "components", "embeds", "allowed_mentions", "nonce")


def kept_files(
    world: World,
    channel: str,
    given: Json,
    uploads: Sequence[Upload],
    standing: Sequence[File] = (),
) -> list[File]:
    """The files of a message: those that stay, and those that were sent along."""
    told = given.get("attachments")
    kept = [one for one in standing if told is None or one.id in {str(at["id"]) for at in told}]
    new = [at for at in told or [] if str(at["id"]) not in {one.id for one in standing}]
    made = []
    for at, upload in enumerate(uploads):
        about: Json = next((one for one in new if str(one["id"]) == str(at)), {})
        name = about.get("filename") or upload.name
        made.append(File(world.flake(), channel, name, upload.content))
        made[-1].alt = about.get("description") or ""
        world.files[made[-1].id] = made[-1]
    return [*kept, *made]


def made_body(given: Json, files: Sequence[File], old: Json | None = None) -> Json:
    """The message as it will stand; refuses one that breaks a rule."""
    body = dict(old or {})
    body |= {name: given[name] for name in SHOWN if name in given}
    before = int((old or {}).get("flags") or 0)
    flags = int(given.get("flags") or 0)
    if old is not None:
        flags = (before & (EPHEMERAL | V2)) | (flags & ~EPHEMERAL)
    body["flags"] = flags
    check_message(
        body | {"attachments": given.get("attachments")},
        [one.name for one in files],
        [len(one.content) for one in files],
    )
    for at, one in enumerate(walk(body.get("components") or [])):
        one.setdefault("id", at + 1)
    return body
