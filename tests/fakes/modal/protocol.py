"""Modal's calls as the fake answers them; one that it does not know is refused, as at Modal."""

import hashlib
import re
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import grpclib
from google.protobuf.empty_pb2 import Empty  # type: ignore[import-untyped]
from modal_proto import api_grpc, api_pb2

from tests.fakes.modal.state import Result, Sandbox, Volume, Workspace

if TYPE_CHECKING:
    from tests.fakes.modal.server import FakeModal

Message = Any  # of the protocol; its base comes without types
BLOCK = 8 << 20
_GPUS = {
    "A100",
    "A100-40GB",
    "RTX-PRO-6000",
    "L4",
    "A100-80GB",
    "H100",
    "A10G",
    "B200",
    "T4",
    "A10",
    "H200",
    "L40S",
}
_LONGEST_SECONDS = 24 * 3600
_WITHOUT_TOKEN = {"TokenFlowCreate", "TokenFlowWait"}


def refusal(status: grpclib.Status, message: str, *details: Message) -> grpclib.GRPCError:
    return grpclib.GRPCError(status, message, list(details) or None)


class Calls:
    """The calls by their names: a request and its sender's workspace in, the answer out."""

    def __init__(self, fake: "FakeModal") -> None:
        self.fake = fake

    async def client_hello(self, _: Message, __: Workspace) -> Message:
        return api_pb2.ClientHelloResponse(image_builder_version="2025.06")

    async def workspace_name_lookup(self, _: Message, workspace: Workspace) -> Message:
        return api_pb2.WorkspaceNameLookupResponse(
            workspace_name=workspace.name, username=workspace.name
        )

    async def token_flow_create(self, _: Message, __: Workspace) -> Message:
        number = f"tf-{self.fake.number()}"
        self.fake.logins[number] = None
        return api_pb2.TokenFlowCreateResponse(
            token_flow_id=number,
            web_url=f"{self.fake.files_url}/login/{number}",
            code="ABCD-EFGH",
            wait_secret=f"wait-{number}",
        )

    async def token_flow_wait(self, asked: Message, _: Workspace) -> Message:
        flow = asked.token_flow_id
        if flow not in self.fake.logins or asked.wait_secret != f"wait-{flow}":
            raise refusal(grpclib.Status.NOT_FOUND, "no such token flow")
        token = self.fake.logins[flow]
        if token is None:
            return api_pb2.TokenFlowWaitResponse(timeout=True)
        del self.fake.logins[flow]
        name = self.fake.workspaces[token].name
        return api_pb2.TokenFlowWaitResponse(
            token_id=token[0], token_secret=token[1], workspace_username=name
        )

    async def environment_get_or_create(self, _: Message, __: Workspace) -> Message:
        settings = api_pb2.EnvironmentSettings(image_builder_version="2025.06")
        metadata = api_pb2.EnvironmentMetadata(name="main", settings=settings)
        return api_pb2.EnvironmentGetOrCreateResponse(environment_id="en-1", metadata=metadata)

    async def app_get_or_create(self, asked: Message, workspace: Workspace) -> Message:
        app = workspace.apps.setdefault(asked.app_name, f"ap-{self.fake.number()}")
        metadata = api_pb2.AppHandleMetadata(description=asked.app_name, app_id=app)
        return api_pb2.AppGetOrCreateResponse(app_id=app, handle_metadata=metadata)

    async def secret_get_or_create(self, asked: Message, workspace: Workspace) -> Message:
        number = f"st-{self.fake.number()}"
        workspace.secrets[number] = dict(asked.env_dict)
        return api_pb2.SecretGetOrCreateResponse(secret_id=number)

    async def image_get_or_create(self, asked: Message, workspace: Workspace) -> Message:
        content = asked.image.SerializeToString(deterministic=True)
        number = f"im-{hashlib.sha256(content).hexdigest()[:22]}"
        answer = api_pb2.ImageGetOrCreateResponse(image_id=number)
        if number in workspace.images:
            answer.result.status = Result.GENERIC_STATUS_SUCCESS
        workspace.images[number] = list(asked.image.dockerfile_commands)
        return answer

    async def image_join_streaming(
        self, asked: Message, workspace: Workspace
    ) -> AsyncIterator[Message]:
        await self.fake.pause("build")
        commands = " ".join(workspace.images[asked.image_id])
        result = Result(status=Result.GENERIC_STATUS_SUCCESS)
        missing = self.fake.missing_package
        if missing and missing in commands:
            del workspace.images[asked.image_id]
            said = f"ERROR: No matching distribution found for {missing}"
            result = Result(status=Result.GENERIC_STATUS_FAILURE, exception=said)
        yield api_pb2.ImageJoinStreamingResponse(result=result, eof=True, entry_id="1")

    async def volume_get_or_create(self, asked: Message, workspace: Workspace) -> Message:
        found = workspace.volume(asked.deployment_name)
        if found is None and not asked.object_creation_type:
            raise refusal(grpclib.Status.NOT_FOUND, f"no volume {asked.deployment_name}")
        if found is None:
            number = f"vo-{self.fake.number()}"
            found = Volume(number, asked.deployment_name, self.fake.folder / number)
            found.folder.mkdir()
            workspace.volumes[number] = found
        version = api_pb2.VOLUME_FS_VERSION_V2
        metadata = api_pb2.VolumeMetadata(version=version, name=found.name)
        return api_pb2.VolumeGetOrCreateResponse(
            volume_id=found.id, version=version, metadata=metadata
        )

    async def volume_delete(self, asked: Message, workspace: Workspace) -> Message:
        self._volume(asked, workspace)
        del workspace.volumes[asked.volume_id]
        return Empty()

    async def volume_put_files2(self, asked: Message, workspace: Workspace) -> Message:
        folder = self._volume(asked, workspace).folder
        answer = api_pb2.VolumePutFiles2Response()
        for number, file in enumerate(asked.files):
            for place, block in enumerate(file.blocks):
                if block.contents_sha256 not in self.fake.blocks:
                    url = f"{self.fake.files_url}/blocks/{block.contents_sha256.hex()}"
                    answer.missing_blocks.add(file_index=number, block_index=place, put_url=url)
        if not answer.missing_blocks:
            for file in asked.files:
                # Zeros at the end of a block are not sent, neither here nor on the way back.
                blocks = (self.fake.blocks[one.contents_sha256] for one in file.blocks)
                content = b"".join(block.ljust(BLOCK, b"\0") for block in blocks)
                path = folder / file.path.lstrip("/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content[: file.size])
        return answer

    async def volume_get_file2(self, asked: Message, workspace: Workspace) -> Message:
        volume = self._volume(asked, workspace)
        path = volume.folder / asked.path.lstrip("/")
        if not path.is_file():
            raise refusal(grpclib.Status.NOT_FOUND, f"no file {asked.path}")
        size = path.stat().st_size
        urls = [
            f"{self.fake.files_url}/files/{volume.id}/{start}/{asked.path.lstrip('/')}"
            for start in range(0, size, BLOCK)
        ]
        return api_pb2.VolumeGetFile2Response(get_urls=urls, size=size, start=0, len=size)

    async def volume_list_files2(
        self, asked: Message, workspace: Workspace
    ) -> AsyncIterator[Message]:
        folder = self._volume(asked, workspace).folder
        entries = [
            api_pb2.FileEntry(
                path=str(path.relative_to(folder)),
                type=api_pb2.FileEntry.FILE,
                size=path.stat().st_size,
            )
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]
        yield api_pb2.VolumeListFiles2Response(entries=entries)

    async def sandbox_create(self, asked: Message, workspace: Workspace) -> Message:
        wanted = asked.definition
        gpu = wanted.resources.gpu_config.gpu_type
        if gpu and gpu not in _GPUS:
            raise refusal(grpclib.Status.INVALID_ARGUMENT, f"unknown GPU {gpu}")
        if not 0 < wanted.timeout_secs <= _LONGEST_SECONDS:
            raise refusal(grpclib.Status.INVALID_ARGUMENT, "timeout is out of bounds")
        if workspace.running(asked.app_id, wanted.name):
            raise refusal(grpclib.Status.ALREADY_EXISTS, f"{wanted.name} runs already")
        number = f"sb-{self.fake.number():022d}"
        environment = dict(workspace.environment)
        for secret in wanted.secret_ids:
            environment |= workspace.secrets[secret]
        mounts = {
            one.mount_path: workspace.volumes[one.volume_id].folder for one in wanted.volume_mounts
        }
        folder = self.fake.folder / number
        sandbox = Sandbox(number, asked.app_id, wanted, environment, mounts, folder)
        workspace.sandboxes[number] = sandbox
        if self.fake.has_room:
            self.fake.begin(sandbox)
        return api_pb2.SandboxCreateResponse(sandbox_id=number)

    async def sandbox_get_task_id(self, asked: Message, workspace: Workspace) -> Message:
        sandbox = self._sandbox(asked, workspace)
        began = sandbox.id in self.fake.begun
        return api_pb2.SandboxGetTaskIdResponse(task_id=f"ta-{sandbox.id}" if began else "")

    async def sandbox_get_from_name(self, asked: Message, workspace: Workspace) -> Message:
        app = workspace.apps.get(asked.app_name, "")
        found = workspace.running(app, asked.sandbox_name)
        if found is None:
            raise refusal(grpclib.Status.NOT_FOUND, f"no sandbox {asked.sandbox_name}")
        return api_pb2.SandboxGetFromNameResponse(sandbox_id=found.id)

    async def sandbox_wait(self, asked: Message, workspace: Workspace) -> Message:
        sandbox = self._sandbox(asked, workspace)
        return api_pb2.SandboxWaitResponse(result=await sandbox.ended(asked.timeout))

    async def sandbox_terminate(self, asked: Message, workspace: Workspace) -> Message:
        self._sandbox(asked, workspace).end(Result.GENERIC_STATUS_TERMINATED)
        return api_pb2.SandboxTerminateResponse()

    async def sandbox_get_logs(
        self, asked: Message, workspace: Workspace
    ) -> AsyncIterator[Message]:
        sandbox = self._sandbox(asked, workspace)
        read = int(asked.last_entry_id or 0)
        while (data := await sandbox.printed(read)) is not None:
            read += len(data)
            item = api_pb2.TaskLogs(
                data=data.decode(errors="replace"), file_descriptor=api_pb2.FILE_DESCRIPTOR_STDOUT
            )
            yield api_pb2.TaskLogsBatch(items=[item], entry_id=str(read))
        yield api_pb2.TaskLogsBatch(eof=True, entry_id=str(read))

    def _volume(self, asked: Message, workspace: Workspace) -> Volume:
        if asked.volume_id not in workspace.volumes:
            raise refusal(grpclib.Status.NOT_FOUND, f"no volume {asked.volume_id}")
        return workspace.volumes[asked.volume_id]

    def _sandbox(self, asked: Message, workspace: Workspace) -> Sandbox:
        if asked.sandbox_id not in workspace.sandboxes:
            raise refusal(grpclib.Status.NOT_FOUND, f"no sandbox {asked.sandbox_id}")
        return workspace.sandboxes[asked.sandbox_id]


def handler(fake: "FakeModal") -> Message:
    """The service for grpclib: every call of Modal's protocol, through one door."""
    calls = Calls(fake)
    base = api_grpc.ModalClientBase
    doors = {name: _door(fake, name, getattr(calls, _method(name), None)) for name in _names(base)}
    return type("Service", (base,), doors)()


def _method(call: str) -> str:
    """client_hello for ClientHello."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", call).lower()


def _names(base: type) -> frozenset[str]:
    return frozenset(getattr(base, "__abstractmethods__", ()))


def _door(fake: "FakeModal", name: str, answer: Callable[..., Any] | None) -> Callable[..., Any]:
    """What happens to a call: its token is looked at, then the faults, then it is answered."""

    async def call(_: Message, stream: Message) -> None:
        asked = await stream.recv_message()
        token = _token(stream)
        fake.calls.append(name)
        fake.tokens.append(token)
        workspace = fake.workspaces.get(token)
        if workspace is None and name not in _WITHOUT_TOKEN:
            raise refusal(grpclib.Status.UNAUTHENTICATED, f"Token validation failed: {token[1]}")
        await fake.fail(name)
        if answer is None:
            raise refusal(grpclib.Status.UNIMPLEMENTED, f"the fake has no {name}")
        again = (name, str(dict(stream.metadata).get("x-idempotency-key")))
        if again in fake.answers:  # it is asked once more, and was done
            fake.lose_answer(name)
            await stream.send_message(fake.answers[again])
            return
        told = answer(asked, workspace or Workspace("nobody"))
        if hasattr(told, "__aiter__"):
            async for message in told:
                await stream.send_message(message)
        else:
            fake.answers[again] = message = await told
            fake.lose_answer(name)
            await stream.send_message(message)

    return call


def _token(stream: Message) -> tuple[str, str]:
    sent = dict(stream.metadata)
    return str(sent.get("x-modal-token-id", "")), str(sent.get("x-modal-token-secret", ""))
