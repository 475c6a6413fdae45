"""Plans: every task has one, and what is left out says why."""

import pytest

from pipeline.errors import UnknownName
from pipeline.execution_plan import TASKS, known_tasks, plan
from pipeline.jobs import Stage, TaskType
from pipeline.recipe import known_recipes


def test_there_are_thirteen_tasks_and_every_recipe_is_one() -> None:
    assert len(set(TASKS)) == 13
    assert set(known_tasks()) >= {*TASKS, *known_recipes()}


@pytest.mark.parametrize("task", [None, *known_tasks()])
def test_every_plan_has_the_nine_stages_in_order(task: TaskType | None) -> None:
    assert plan(task).stages == tuple(Stage)


@pytest.mark.parametrize(
    ("task", "left_out"),
    [
        ("text_classification", set()),
        ("tabular_regression", set()),
        ("llm_finetuning", {Stage.PREPROCESSING}),
        ("clustering", {Stage.DEPLOY}),
    ],
)
def test_a_plan_leaves_out_what_its_task_has_no_use_for(task: str, left_out: set[Stage]) -> None:
    assert set(plan(TaskType(task)).skipped) == left_out


@pytest.mark.parametrize("task", [None, *known_tasks()])
def test_who_asks_for_no_deploy_gets_none(task: TaskType | None) -> None:
    skipped = plan(task, deploy=False).skipped

    assert Stage.DEPLOY in skipped
    assert all(skipped.values())


def test_a_task_that_does_not_exist_has_no_plan() -> None:
    with pytest.raises(UnknownName, match="mind_reading") as unknown:
        plan(TaskType("mind_reading"))

    assert "clustering" in unknown.value.hint
