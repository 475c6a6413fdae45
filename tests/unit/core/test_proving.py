"""What a proof says of the rows it has answered."""

from pipeline.proving import rows_of


def test_a_label_with_a_line_end_is_one_row() -> None:
    assert rows_of(b'prediction,probability_a\r\n"-x,\ny",0.5\r\na,0.7\r\n') == 2
    assert rows_of(b"") == 0
