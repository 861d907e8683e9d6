"""Builds the jail around the zygote, in one of three ways, chosen by name.

``bubblewrap`` is the default. ``docker`` (or ``podman``) starts a container per notebook where the
kernel gives no user namespaces. ``process`` isolates nothing but time and memory and exists for an
instructor who has read what it gives up. There is no falling back from one to another.
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from autograder import handin
from autograder.handin import wire
from autograder.jail import cgroup, identity, seccomp
from autograder.jail.kinds import CONTAINERS, GIVES_UP, KINDS, NoIsolation
from autograder.jail.profile import Library, Profile
from autograder.jail.view import View, view_for

INSIDE, START_SECONDS = Path(__file__).parent / "inside", 120


def stage_library(target: Path, library: Library, hides: tuple[str, ...]) -> None:
    """Copy what of the course's own code students' code may see; a hidden module says that it is.

    Beside it stands the student's side of the engine.
    """
    engine = Path(handin.__file__).parents[1]
    shutil.copytree(engine / "handin", target / "autograder" / "handin", ignore=_COMPILED)
    shutil.copy(engine / "__init__.py", target / "autograder")
    for name, folder in library.packages:
        shutil.copytree(folder, target / name, ignore=_COMPILED)
    for name, stub in library.stubs:
        path = _remove(target, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(stub, path.with_suffix(".py"))
    for name in hides:
        path = target.joinpath(*name.split("."))
        message = f"{name} answers this exercise, so it can't be used in it"
        refusal = f"raise ImportError({message!r})\n"
        if path.is_dir():
            shutil.rmtree(path)
            path.mkdir()
            (path / "__init__.py").write_text(refusal)
        elif path.with_suffix(".py").exists():
            path.with_suffix(".py").write_text(refusal)


_COMPILED = shutil.ignore_patterns("__pycache__")


def _remove(target: Path, name: str) -> Path:
    """Remove a module or a package; return where it was, without an ending."""
    path = target.joinpath(*name.split("."))
    shutil.rmtree(path, ignore_errors=True)
    path.with_suffix(".py").unlink(missing_ok=True)
    return path


def _let_everybody_read(folder: Path) -> None:
    """Undo a strict umask: inside, these files belong to somebody else."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",  # a jail for each core: threads of one would wait for another's
    "TF_NUM_INTEROP_THREADS": "1",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": "/tmp/.matplotlib",
    "KERAS_HOME": "/tmp/.keras",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
}

HASH_SEEDS = (0, 1)  # of the notebooks' own process, and of the one that they are run in again


def environment(hash_seed: int = HASH_SEEDS[0]) -> dict[str, str]:
    """The variables that a jail's Python starts with."""
    return {**ENVIRONMENT, "PYTHONHASHSEED": str(hash_seed)}


def _bubblewrap_command(
    stage: Path, control: Path, view: View, variables: dict[str, str]
) -> list[str]:
    command = ["bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc"]
    command += ["--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session"]
    command += ["--cap-add", "ALL", "--clearenv", "--hostname", "jail"]
    for name, value in variables.items():
        command += ["--setenv", name, value]
    command += ["--tmpfs", "/tmp"]  # the zygote's; each child covers it with its own
    command += [*view.options(), "--ro-bind-try", "/etc/localtime", "/etc/localtime"]
    command += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    command += ["--ro-bind", str(stage), "/jail", "--bind", str(control), "/control"]
    return [*command, "--remount-ro", "/", "--chdir", "/"]


def _container_command(
    engine: str,
    stage: Path,
    control: Path,
    profile: Profile,
    image: str,
    variables: dict[str, str],
) -> list[str]:
    command = [
        engine,
        "run",
        "--rm",
        f"--name={stage.parent.name}",
        "--network=none",
        "--read-only",
        "--cap-drop=ALL",
    ]
    command += ["--security-opt=no-new-privileges", "--user=65534:65534", "--ipc=none"]
    command += [
        f"--memory={profile.memory_megabytes}m",
        f"--memory-swap={profile.memory_megabytes}m",
    ]
    command += [f"--pids-limit={profile.processes}", "--cpus=1"]
    command += [f"--tmpfs=/tmp:rw,nosuid,nodev,size={profile.disk_megabytes}m,mode=1777"]
    command += [f"--volume={stage}:/jail:ro", f"--volume={control}:/control"]
    for name, value in variables.items():
        command += ["--env", f"{name}={value}"]
    return [*command, image]


def _pid_of_namespace(info) -> int:
    """The process of a new namespace, as bubblewrap says it."""
    text = b""
    while not text.rstrip().endswith(b"}"):
        part = os.read(info, 4096)
        if not part:
            raise OSError("bubblewrap ended before it had made its namespace")
        text += part
    return json.loads(text)["child-pid"]


def choices() -> str:
    """The paragraph that a refusal ends with."""
    return (
        "Choose one:\n"
        "  * make user namespaces available: `python -m autograder doctor` names what is missing;\n"
        "    the instructor's page has recipes for Ubuntu's AppArmor and for hubs in containers\n"
        "  * --isolation=docker or --isolation=podman, where an engine runs\n"
        "  * --isolation=process: no isolation. " + GIVES_UP["process"]
    )


class Jail:
    """A running zygote. Use it as a context manager; `open_channel` starts one notebook's child."""

    def __init__(
        self,
        profile: Profile,
        kind: str = "bubblewrap",
        image: str = "autograder-jail",
        hash_seed: int = HASH_SEEDS[0],
    ):
        if kind not in KINDS:
            raise ValueError(f"isolation {kind!r} is unknown; choose one of {', '.join(KINDS)}")
        self.profile, self.kind, self.image = profile, kind, image
        self.variables = environment(hash_seed)
        self._twin: Jail | None = None
        self.process = self.control = self.folder = None
        self.failed_imports = {}
        own = profile.library.own
        self.view = view_for(profile.packages, own) if kind == "bubblewrap" else View()
        self._buffer, self._ended = b"", None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    # -- start and stop ----------------------------------------------------------------------------

    def start(self):
        self._buffer = b""
        self.folder = Path(tempfile.mkdtemp(prefix="autograder-jail-"))
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        stage, self._control_folder = self.folder / "stage", self.folder / "control"
        self._control_folder.mkdir()
        shutil.copytree(INSIDE, stage / "code", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(wire.__file__, stage / "code")
        stage_library(stage / "modules", self.profile.library, self.profile.hides)
        self._stage_files(stage / "files")
        _let_everybody_read(stage)
        self.listener.bind(str(self._control_folder / "socket"))
        os.chmod(self._control_folder, 0o755)
        os.chmod(self._control_folder / "socket", 0o666)
        self.listener.listen(4)
        self._spawn(stage)
        self.control = self._accept()
        self.failed_imports = self._hear(START_SECONDS)["ready"]

    def _stage_files(self, target):
        target.mkdir()
        if self.profile.files is None:
            return
        for path in self.profile.files.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.suffix != ".ipynb":
                copy = target / path.relative_to(self.profile.files)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)

    def _spawn(self, stage):
        inside = Path("/jail") if self.kind != "process" else stage
        control = "/control" if self.kind != "process" else str(self._control_folder)
        confined = self.kind == "bubblewrap"
        program = seccomp.program() if confined else None
        configuration = {
            "control": f"{control}/socket",
            "preload": [*self.profile.preload, *self.profile.library.preload],
            "admits": list(self.profile.admits) if confined else [],
            "modules": str(inside / "modules"),
            "files": str(inside / "files"),
            "confine": confined,
            "cover": ["/control", "/dev/pts"],
            "keep": self.view.below_tmp(),
            "seccomp": base64.b64encode(program).decode() if program else None,
            "limits": self.profile.limits if self.kind != "process" else {"CORE": 0},
            "memory_megabytes": self.profile.memory_megabytes,
            "cpu_seconds": self.profile.cpu_seconds,
            "disk_megabytes": self.profile.disk_megabytes,
        }
        # `-I` keeps the caller's PYTHON* variables and user packages out.
        python = "python3" if self.kind in ("docker", "podman") else sys.executable
        inner = [python, "-I", str(inside / "code/zygote.py"), json.dumps(configuration)]
        self.log = open(self.folder / "log", "w+b")  # noqa: SIM115  closed in stop()
        streams = {"stdin": subprocess.DEVNULL, "stdout": self.log, "stderr": self.log}
        try:
            if self.kind == "bubblewrap":
                self._spawn_bubblewrap(stage, inner, streams)
            elif self.kind == "process":
                self.process = subprocess.Popen(inner, env=self.variables, **streams)
            else:
                outer = _container_command(
                    self.kind,
                    stage,
                    self._control_folder,
                    self.profile,
                    self.image,
                    self.variables,
                )
                self.process = subprocess.Popen([*outer, *inner], **streams)
        except FileNotFoundError as error:
            raise NoIsolation(f"{error.filename} is not installed. {choices()}") from None

    def _spawn_bubblewrap(self, stage, inner, streams):
        command = cgroup.scope(self.profile)
        command += _bubblewrap_command(stage, self._control_folder, self.view, self.variables)
        give_users = identity.mapping(self.view)
        if give_users is None:
            self.process = subprocess.Popen([*command, "--", *inner], **streams)
            return
        info, info_in = os.pipe()
        block_in, release = os.pipe()
        command += ["--info-fd", str(info_in), "--userns-block-fd", str(block_in)]
        try:
            self.process = subprocess.Popen(
                [*command, "--", *inner], pass_fds=(info_in, block_in), **streams
            )
            os.close(info_in)
            info_in = None
            give_users(_pid_of_namespace(info))
            os.write(release, b"1")
        except FileNotFoundError:
            raise
        except OSError as error:
            self.process.kill()
            self.process.wait()
            raise NoIsolation(f"{error}: {self._last_words()}\n{choices()}") from None
        finally:
            for descriptor in (info, info_in, block_in, release):
                if descriptor is not None:
                    os.close(descriptor)

    def _accept(self):
        """Wait for the zygote, or one of its children, to connect."""
        self.listener.settimeout(0.2)
        for _ in range(5 * START_SECONDS):
            try:
                return self.listener.accept()[0]
            except TimeoutError:
                if self.process.poll() is not None:
                    break
        raise NoIsolation(f"the jail did not start: {self._last_words()}\n{choices()}")

    def _last_words(self):
        self.log.flush()
        text = (self.folder / "log").read_text(errors="replace").strip()
        return text.splitlines()[-1] if text else f"it ended with status {self.process.poll()}"

    def stop(self):
        """End the zygote and everything in it; safe to call twice."""
        if self._twin is not None:
            self._twin.stop()
            self._twin = None
        if self.control is not None:
            self.control.close()
            self.control = None
        if self.process is not None:
            if self.kind in CONTAINERS:  # its client's death would leave the container running
                name = self.folder.name
                subprocess.run([self.kind, "kill", name], capture_output=True, check=False)
            self.process.kill()  # bubblewrap is pid 1 of the namespace: nothing outlives it
            self.process.wait()
            self.process = None
            self.log.close()
        if self.folder is not None:
            self.listener.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def twin(self) -> "Jail":
        """A jail like this one whose Python hashes text in another way, to run a notebook again.

        It starts when it is first asked for, and stops with this one.
        """
        if self._twin is None:
            twin = Jail(self.profile, self.kind, self.image, HASH_SEEDS[1])
            twin.start()
            self._twin = twin
        return self._twin

    # -- one notebook ------------------------------------------------------------------------------

    def open_channel(self, seconds: float) -> socket.socket:
        """Start a fresh child, which may live for `seconds`, and return the channel to it."""
        if self.process is None or (self.kind != "bubblewrap" and self.process.poll() is not None):
            self.stop()
            self.start()
        self._ended = None
        self._say({"start": seconds})
        return self._accept()

    def usage(self) -> dict[str, float]:
        """What the child has taken: seconds of processor (cpu) and waiting for one (waited).

        Nothing is known of a child that has ended, or where nothing counts.
        """
        if self._ended is None:
            self._say({"usage": True})
            message = self._hear(30)
            if "usage" in message:
                return message["usage"]
            self._ended = message["ended"]
        return {"cpu": 0.0, "waited": 0.0}

    def close_channel(self, channel: socket.socket) -> str:
        """Kill the child, if it still lives; return why it ended."""
        try:
            channel.close()
            if self._ended is not None:
                return self._ended
            self._say({"kill": True})
            return self._hear(30)["ended"]
        except (NoIsolation, OSError):
            if self.kind == "bubblewrap":  # out of a child's reach
                raise
            self.stop()
            return "exit"
        finally:
            if self.kind in CONTAINERS:
                self.stop()  # no notebook may meet what another one left

    def _say(self, message):
        self.control.sendall(json.dumps(message).encode() + b"\n")

    def _hear(self, seconds):
        self.control.settimeout(seconds)
        while b"\n" not in self._buffer:
            part = self.control.recv(65536)
            if not part:
                raise NoIsolation(f"the jail ended: {self._last_words()}")
            self._buffer += part
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)
