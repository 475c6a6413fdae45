"""A Ray cluster on this machine: a small one that keeps to the rules, and a real head.

with FakeRay(tmp_path) as ray:
    runtime = adapter(ray_address=ray.address)
    ray.fault = Fault("/api/jobs", status=429, after=7)
"""

from tests.fakes.ray.fake import FakeRay as FakeRay
from tests.fakes.ray.fake import Fault as Fault
