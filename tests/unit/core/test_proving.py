"""What a proof says of the rows it has answered."""

from pathlib import Path

from pipeline.proving import rows_of


def test_a_label_with_a_line_end_is_one_row(tmp_path: Path) -> None:
    answers = tmp_path / "predictions.csv"
    answers.write_bytes(b'prediction,probability_a\r\n"-x,\ny",0.5\r\na,0.7\r\n')
    assert rows_of(answers) == 2
    answers.write_bytes(b"")
    assert rows_of(answers) == 0
