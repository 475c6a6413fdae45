"""The calls about data sets and uploads, by their names at Kaggle."""

import io
import secrets
import zipfile
from collections.abc import Callable

from tests.fakes.kaggle.world import DataSet, Json, Person, RefusedCall, Upload, World, page_of


def search(world: World, who: Person | None, body: Json) -> Json:
    words = str(body.get("search", "")).lower()
    found = [
        one.described
        for one in world.datasets.values()
        if words in one.ref.lower() and _may_see(one, who)
    ]
    page, following = page_of(found, body, 20)
    return {"datasets": page, "nextPageToken": following}


def about(world: World, who: Person | None, body: Json) -> Json:
    return seen(world, who, body).described


def status(world: World, who: Person | None, body: Json) -> Json:
    one = seen(world, who, body)
    if one.unready > 0:
        one.unready -= 1
        return {}  # NOT_YET_PERSISTED: what is the first of its kind is left out
    return {"status": one.status}


def create(world: World, who: Person | None, body: Json) -> Json:
    """Make one of what was uploaded; what is wrong stands in the answer."""
    if who is None or body.get("ownerSlug") != who.name:
        raise RefusedCall(403, "Permission 'datasets.create' was denied")
    ref, slug = f"{who.name}/{body.get('slug')}", str(body.get("slug", ""))
    if ref in world.datasets:
        return {"error": f'The requested slug "{slug}" is already in use by a dataset.'}
    if not 6 <= len(slug) <= 50 or not 6 <= len(str(body.get("title", ""))) <= 50:
        return {"error": "The dataset title must be between 6 and 50 characters"}
    if not body.get("licenseName"):
        return {"error": "A license must be specified"}
    files = {}
    for one in body.get("files", ()):
        upload = world.uploads.get(str(one.get("token")))
        if upload is None or not upload.whole:
            return {"error": "Invalid token"}
        files[upload.name] = bytes(upload.content)
    private = bool(body.get("isPrivate"))
    told = str(body.get("description", ""))
    world.publish(ref, files, private=private, unready=world.unready, told=told)
    return {"ref": ref, "url": f"https://www.kaggle.com/datasets/{ref}", "status": "Ok"}


def delete(world: World, who: Person | None, body: Json) -> Json:
    one = seen(world, who, body)
    if who is None or one.owner != who.name:
        raise RefusedCall(403, "Permission 'datasets.delete' was denied")
    del world.datasets[one.ref]
    return {}


def start_upload(world: World, who: Person | None, body: Json) -> Json:
    if who is None:
        raise RefusedCall(401, "Unauthenticated")
    token = secrets.token_urlsafe(16)
    world.uploads[token] = Upload(str(body["name"]), int(body.get("contentLength", 0)))
    return {"token": token, "createUrl": f"{world.storage}/put/{token}"}


def archive(world: World, who: Person | None, body: Json) -> str:
    """The address of the zip of all files."""
    one = seen(world, who, body)
    if one.terms:
        raise RefusedCall(403, "You must accept the terms of this dataset first")
    if int(body.get("datasetVersionNumber") or 1) != 1:
        raise RefusedCall(404, "Not found")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zipped:
        for name, content in one.files.items():
            zipped.writestr(name, content)
    return world.give("archive.zip", packed.getvalue())


def seen(world: World, who: Person | None, body: Json) -> DataSet:
    """A data set that this person may see."""
    one = world.datasets.get(f"{body.get('ownerSlug')}/{body.get('datasetSlug')}")
    if one is None:
        raise RefusedCall(404, "Dataset not found")
    if not _may_see(one, who):
        raise RefusedCall(403, "Permission 'datasets.get' was denied")
    return one


def _may_see(one: DataSet, who: Person | None) -> bool:
    return not one.private or (who is not None and one.owner == who.name)


CALLS: dict[str, Callable[[World, Person | None, Json], Json]] = {
    "ListDatasets": search,
    "GetDataset": about,
    "GetDatasetStatus": status,
    "CreateDataset": create,
    "DeleteDataset": delete,
    "StartBlobUpload": start_upload,
}
