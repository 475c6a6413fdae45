"""What a Space installs beside its model."""

from adapters.hosts.huggingface.installs import GRADIO, installs


def test_a_space_names_gradio_and_lets_it_bring_its_own_pictures() -> None:
    lines = ("numpy==2.4.6", "Pillow==13.0.0", "scipy==1.17.1")
    assert installs(lines) == (f"gradio=={GRADIO}", "numpy==2.4.6", "scipy==1.17.1")
