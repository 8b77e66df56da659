import os
import shutil
import subprocess

import pytest

from tests.packaging.conftest import Machine


def test_first_start_makes_the_environment_and_the_next_touches_nothing(machine: Machine) -> None:
    first = machine.run("run.sh", "folder")
    second = machine.run("run.sh", "folder")
    assert (first.returncode, first.stdout) == (0, "<folder>")
    assert (second.returncode, second.stdout, second.stderr) == (0, "<folder>", "")
    assert len(machine.logged()) == 1
    assert machine.logged()[0].endswith(f"-e {machine.checkout}")


def test_arguments_and_exit_code_pass_through(machine: Machine) -> None:
    result = machine.run("run.sh", "two words", "line\nbreak", "--yes", "*", "", APP_ENDS="3")
    assert result.stdout == "<two words><line\nbreak><--yes><*><>"
    assert result.returncode == 3


def test_a_changed_pyproject_refreshes_the_same_environment(machine: Machine) -> None:
    machine.run("run.sh")
    (machine.environment / "kept").touch()
    with (machine.checkout / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    assert machine.run("run.sh").returncode == 0
    assert (machine.environment / "kept").exists()
    assert len(machine.logged()) == 2
    machine.run("run.sh")
    assert len(machine.logged()) == 2


def test_a_failed_installation_is_told_and_remade(machine: Machine) -> None:
    failed = machine.run("run.sh", PIP_ENDS="1")
    assert failed.returncode == 3
    assert "could not be installed" in failed.stderr
    assert "Collecting numpy" in failed.stderr
    (machine.environment / "left over").touch()
    assert machine.run("run.sh").returncode == 0
    assert not (machine.environment / "left over").exists()


def test_an_interrupted_installation_is_remade(machine: Machine) -> None:
    command, env = machine.command("run.sh", PIP_TAKES="30")
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, start_new_session=True) as running:
        assert running.stderr is not None
        assert b"making the environment" in running.stderr.readline()
        os.killpg(running.pid, 9)
    assert (machine.checkout / ".environment.lock").exists()
    result = machine.run("run.sh", "folder")
    assert (result.returncode, result.stdout) == (0, "<folder>")
    assert "making the environment" in result.stderr
    assert not (machine.checkout / ".environment.lock").exists()


def test_the_environment_of_another_checkout_is_not_used(machine: Machine) -> None:
    machine.run("run.sh")
    moved = machine.checkout.with_name("moved")
    shutil.move(machine.checkout, moved)
    other = Machine(machine.home, machine.commands, moved, machine.log)
    assert "making the environment" in other.run("run.sh").stderr
    assert machine.logged()[-1].endswith(f"-e {moved}")


def test_an_environment_whose_python_has_gone_is_remade(machine: Machine) -> None:
    old = machine.add_python("python3.12", "3.12.1")
    (machine.commands / "python3").unlink()
    machine.run("run.sh")
    old.unlink()
    machine.add_python("python3.13", "3.13.0")
    assert "making the environment" in machine.run("run.sh").stderr
    assert (machine.environment / "bin/python").resolve().name == "python3.13"


def test_a_folder_of_that_name_that_is_not_ours_is_left_alone(machine: Machine) -> None:
    machine.environment.mkdir()
    (machine.environment / "photo.jpg").touch()
    result = machine.run("run.sh")
    assert result.returncode == 3
    assert "was not made by photodedup" in result.stderr
    assert (machine.environment / "photo.jpg").exists()


def test_two_starts_at_once_make_one_environment(machine: Machine) -> None:
    command, env = machine.command("run.sh", "folder", PIP_TAKES="0.5")
    both = [
        subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [process.communicate(timeout=60)[0] for process in both] == [b"<folder>", b"<folder>"]
    assert [process.returncode for process in both] == [0, 0]
    assert len(machine.logged()) == 1


def test_a_lock_whose_holder_lives_is_respected(machine: Machine) -> None:
    lock = machine.checkout / ".environment.lock"
    lock.mkdir()
    (lock / "holder").write_text(f"{os.getpid()}\n")
    result = machine.run("run.sh", PHOTODEDUP_LOCK_SECONDS="0")
    assert result.returncode == 3
    assert str(lock) in result.stderr
    assert machine.logged() == []


def test_a_lock_whose_holder_is_gone_is_taken_over(machine: Machine) -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    lock = machine.checkout / ".environment.lock"
    lock.mkdir()
    (lock / "holder").write_text(f"{gone.pid}\n")
    assert machine.run("run.sh").returncode == 0
    assert not lock.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_checkout_that_is_not_writable_has_its_environment_in_the_data_folder(machine: Machine) -> None:
    machine.checkout.chmod(0o555)
    try:
        results = [machine.run("run.sh", "folder") for _ in range(2)]
    finally:
        machine.checkout.chmod(0o755)
    assert [result.stdout for result in results] == ["<folder>", "<folder>"]
    assert len(machine.logged()) == 1
    assert (machine.home / ".local/share/photodedup/environment/bin/python").exists()
