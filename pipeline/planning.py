"""The plan a person sees before anything runs, and whether it waits for a yes."""

from pipeline.context import JobContext


def plan_lines(context: JobContext) -> tuple[str, ...]:
    """What will be done, where, how long, at what price, and what leaves this machine."""
    lines: list[str] = []
    report, split, config = context.data_report, context.preprocessing, context.config
    if report is not None:
        roles = ", ".join(
            f"{role} = {name}" for role, name in report.roles.items() if _single(name)
        )
        lines.append(f"Data: {report.rows:,} rows; {roles}")
    if split is not None:
        lines.append(f"Judged on {split.rows['test']:,} held-out rows it never trains on")
    if config is not None and context.architecture is not None:
        lines.append(f"Model: {context.architecture.backbone}, judged by {config.metric}")
        lines.append(f"Time: up to {_minutes(config.budget_seconds)} of training")
    lines.append(_where(context))
    return tuple(lines)


def needs_yes(context: JobContext, approval: str) -> str:
    """Why the plan waits for a yes; empty when it does not."""
    if approval == "never":
        return ""
    collected = context.collected
    if collected is not None and collected.runtime != "local":
        return f"Training on {collected.runtime} leaves this machine and may cost money."
    if collected is not None and collected.host != "folder" and context.request.deploy:
        return f"Publishing to {collected.host} leaves this machine."
    return "You asked to see every plan first." if approval == "always" else ""


def _where(context: JobContext) -> str:
    collected = context.collected
    runtime = collected.runtime if collected else "local"
    host = collected.host if collected else "folder"
    if runtime == "local" and host == "folder":
        return "Here: nothing leaves this machine, nothing becomes public, it costs nothing"
    return f"Trains on {runtime}, published to {host}"


def _single(name: str | tuple[str, ...]) -> bool:
    return isinstance(name, str)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004
