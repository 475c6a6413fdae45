"""Modal on this machine: its own protocol, and sandboxes that really run what they are given."""

from tests.fakes.modal.server import FakeModal
from tests.fakes.modal.state import Sandbox, Workspace

__all__ = ["FakeModal", "Sandbox", "Workspace"]
