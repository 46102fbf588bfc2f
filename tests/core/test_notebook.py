"""Tables and links for a notebook: aligned, escaped, and found from where the notebook is."""

from pathlib import Path

from framework.core.notebook import html_table, interval_drawing, report_link, text_table


def test_columns_are_aligned_and_long_names_clipped():
    lines = text_table([("", "no"), ("a name of more than twenty-eight letters", "5")])
    assert lines == [
        "                                no",
        "  a name of more than twenty-…   5",
    ]


def test_what_a_table_is_given_is_escaped():
    page = html_table(("<b>",), [("<script>",)])
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;" in page


def test_an_interval_is_drawn_to_scale_and_told():
    drawn = interval_drawing(0.0, (-1.0, 1.0), (-1.0, 1.0), 'a "model": 0')
    assert 'x1="6.0" x2="174.0"' in drawn
    assert 'cx="90.0"' in drawn
    assert 'aria-label="a &#34;model&#34;: 0"' in drawn
    assert "<line" not in interval_drawing(0.0, None, (0.0, 0.0), "too few")


def test_a_report_is_linked_relative_to_the_notebook_where_that_can_be(elsewhere, tmp_path):
    assert report_link(Path("runs/a")) == ""
    for folder in (Path("runs/a b"), tmp_path.parent / f"{tmp_path.name}-beside"):
        folder.mkdir(parents=True)
        (folder / "report.html").touch()
    assert 'href="runs/a%20b/report.html"' in report_link(Path("runs/a b"))
    assert 'href="runs/a%20b/report.html"' in report_link(tmp_path / "runs/a b")
    assert 'href="file:///' in report_link(tmp_path.parent / f"{tmp_path.name}-beside")
