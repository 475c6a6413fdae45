"""The Web API's views: modals by a trigger that lives three seconds, and the Home tab."""

from tests.fakes.slack import limits
from tests.fakes.slack.workspace import Json, Refused, Value, View, Workspace

MOST_STACKED = 3


def open_view(workspace: Workspace, given: Json) -> Json:
    return {"view": _above(workspace, given, stacked=False).wire()}


def push(workspace: Workspace, given: Json) -> Json:
    return {"view": _above(workspace, given, stacked=True).wire()}


def update(workspace: Workspace, given: Json) -> Json:
    view = workspace.views.get(given.get("view_id") or "")
    if view is None or not view.open:
        raise Refused("not_found")
    if given.get("hash") and given["hash"] != view.wire()["hash"]:
        raise Refused("hash_conflict")
    replace(view, checked(given.get("view"), "modal"))
    return {"view": view.wire()}


def publish(workspace: Workspace, given: Json) -> Json:
    person = workspace.account(given.get("user_id") or "")
    body = checked(given.get("view"), "home")
    shown = View(workspace.next_id("V"), person.id, body)
    workspace.homes[person.id] = shown
    return {"view": shown.wire()}


def stack(workspace: Workspace, user: str, body: Json, under: View | None) -> View:
    """Put a modal before a person, upon the one that lies there."""
    depth = len(workspace.modals(user))
    if under and depth >= MOST_STACKED:
        raise Refused("push_limit_reached")
    view = View(workspace.next_id("V"), user, body, under.id if under else "")
    workspace.views[view.id] = view
    return view


def replace(view: View, body: Json) -> None:
    """Show other contents in an open view."""
    view.body = body
    view.revision += 1


def checked(view: Value, kind: str) -> Json:
    """A view's contents, if Slack would take them as this kind."""
    problems = limits.in_view(view)
    if not problems and view["type"] != kind:
        problems = [f"[ERROR] type must be {kind} [json-pointer:/view/type]"]
    if problems:
        raise Refused("invalid_arguments", response_metadata={"messages": problems})
    body: Json = view
    return body


def _above(workspace: Workspace, given: Json, *, stacked: bool) -> View:
    body = checked(given.get("view"), "modal")
    trigger = workspace.spend(given.get("trigger_id") or "")
    open_now = workspace.modals(trigger.user)
    if stacked and not open_now:
        raise Refused("not_found")
    if not stacked:
        for view in open_now:
            view.open = False
    return stack(workspace, trigger.user, body, open_now[-1] if stacked else None)
