"""A small page on which anybody can ask for the group of a row (a Gradio Space).

python app.py
"""

from pathlib import Path

from group_model import GroupModel
from page import examples
from predict import load
from tables import Row, Table


def main() -> None:
    """Load the model beside this file and serve one box a column."""
    import gradio as gr  # noqa: PLC0415 - only the Space has it installed

    folder = Path(__file__).parent
    model = load(folder / "model")

    gr.Interface(
        fn=lambda *cells: answered(model, cells),
        inputs=[gr.Textbox(label=name) for name in model.inputs],
        outputs=[gr.Textbox(label="Group"), gr.Textbox(label="What is typical of it")],
        examples=examples(model.inputs, folder / "heldout.csv"),
        title="Which group?",
        description=described(model),
        flagging_mode="never",
        api_name="predict",
    ).launch()


def answered(model: GroupModel, cells: Row) -> tuple[str, str]:
    """The group that predict.py says, and in words what its rows have in common."""
    found = model.predict(Table(model.inputs, [cells]))
    group = found.profiles[int(found.labels[0])]
    sure = f"{found.chances[0]:.0%} sure; {group.share:.0%} of the rows are in this group."
    return group.cluster, f"{group.name}: {group.profile}. {sure}"


def described(model: GroupModel) -> str:
    """All groups, a line each, and how they were chosen."""
    lines = [
        f"{one.cluster}. {one.name} ({one.share:.0%} of the rows): {one.profile}"
        for one in model.profiles
    ]
    return "\n\n".join((*lines, str(model.facts["reason"])))


if __name__ == "__main__":
    main()
