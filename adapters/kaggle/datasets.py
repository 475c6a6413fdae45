"""Data sets at Kaggle: found, fetched, and the private ones that carry a training there."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from kagglesdk.blobs.services.blob_api_service import BlobApiClient
from kagglesdk.blobs.types import blob_api_service as blobs
from kagglesdk.datasets.services.dataset_api_service import DatasetApiClient
from kagglesdk.datasets.types import dataset_api_service as api
from kagglesdk.datasets.types.dataset_enums import DatabundleVersionStatus

from adapters.kaggle import errors, transfers
from adapters.kaggle.errors import Refused
from adapters.kaggle.line import Line

_MOST_PAGES = 5
_BAD = 400
State = Literal["missing", "making", "ready", "failed"]
_STATES: dict[DatabundleVersionStatus, State] = {
    DatabundleVersionStatus.READY: "ready",
    DatabundleVersionStatus.FAILED: "failed",
    DatabundleVersionStatus.DELETED: "missing",
}


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set: its name `owner/slug` as Kaggle writes it, and its bytes unpacked.

    `told` is its description, empty where it has none.
    """

    ref: str
    size: int
    told: str = ""


class DataSets:
    """Data sets as one person sees them; each is named as `owner/slug`."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._client = DatasetApiClient(line.http)

    def search(self, words: str) -> Iterator[DataSet]:
        """Data sets that Kaggle finds, the best first; some pages of them."""
        token = ""
        for _ in range(_MOST_PAGES):
            answer = self._line.ask(
                self._client.list_datasets,
                api.ApiListDatasetsRequest(),
                search=words,
                **({"page_token": token} if token else {}),
            )
            for found in answer.datasets or ():
                yield DataSet(found.ref, found.total_bytes or 0)
            token = answer.next_page_token
            if not token:
                return

    def about(self, ref: str) -> DataSet:
        """A data set; Refused where there is none that the person may see."""
        answer = self._line.ask(self._client.get_dataset, api.ApiGetDatasetRequest(), **_named(ref))
        return DataSet(answer.ref or ref, answer.total_bytes or 0, answer.description or "")

    def download(self, ref: str, version: int, into: Path, most: int) -> Path:
        """All files of a data set as one zip of at most `most` bytes; version 0 is the newest."""
        response = self._line.ask(
            self._client.download_dataset,
            api.ApiDownloadDatasetRequest(),
            **_named(ref),
            **({"dataset_version_number": version} if version else {}),
        )
        with response:
            return transfers.keep(self._line, response, into, what=ref, most=most, field="data")

    def state(self, ref: str) -> State:
        """Whether a data set of one's own can be used."""
        try:
            answer = self._line.ask(
                self._client.get_dataset_status, api.ApiGetDatasetStatusRequest(), **_named(ref)
            )
        except Refused as refused:
            if refused.is_gone:
                return "missing"
            raise
        return _STATES.get(answer.status, "making")

    def create(self, ref: str, file: Path, name: str, told: str) -> None:
        """Make a private data set of one file, which is called `name` there, described by `told`.

        One that was made meanwhile under this name is left as it is.
        """
        upload = self._line.ask(
            BlobApiClient(self._line.http).start_blob_upload,
            blobs.ApiStartBlobUploadRequest(),
            type=blobs.ApiBlobType.DATASET,
            name=name,
            content_length=file.stat().st_size,
            last_modified_epoch_seconds=0,
        )
        transfers.send(self._line, upload.create_url, file)
        content = api.ApiDatasetNewFile()
        content.token = upload.token
        owner, _, slug = ref.partition("/")
        answer = self._line.ask(
            self._client.create_dataset,
            api.ApiCreateDatasetRequest(),
            owner_slug=owner,
            slug=slug,
            title=slug,
            license_name="unknown",
            description=told,
            is_private=True,
            files=[content],
        )
        if answer.error and self.state(ref) == "missing":  # the status is 200
            raise Refused(_BAD, answer.error)

    def delete(self, ref: str) -> None:
        """Remove a data set of one's own; one that is gone already is no mistake."""
        try:
            answer = self._line.ask(
                self._client.delete_dataset, api.ApiDeleteDatasetRequest(), **_named(ref)
            )
        except Refused as refused:
            if not refused.is_gone:
                raise
            return
        if answer.error:
            raise errors.odd()


def _named(ref: str) -> dict[str, Any]:
    owner, _, slug = ref.partition("/")
    return {"owner_slug": owner, "dataset_slug": slug}
