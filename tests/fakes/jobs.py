"""Jobs to begin a test with."""

from pipeline.context import JobContext, Request
from pipeline.jobs import Actor, JobId, Place, new_job_id
from pipeline.ports.clock import Clock

ANN = Actor(platform="terminal", space="local", id="ann")
BEN = Actor(platform="terminal", space="local", id="ben")


def new_job(clock: Clock, *, owner: Actor = ANN, job_id: JobId | None = None) -> JobContext:
    """A job that was just asked for."""
    return JobContext(
        job_id=job_id or new_job_id(),
        created_at=clock.now(),
        owner=owner,
        thread=Place(platform="terminal", space="local", channel="screen"),
        home="/nowhere",
        request=Request(words="make me a spam filter"),
    )
