#!/usr/bin/env bash
# Makes sure that the system packages the program builds with are there.
#
#   Tools/setup.sh [--with-python]      --with-python: what the checks with stock Keras and ONNX Runtime need as well
#
# Says which packages are missing and installs them as root or through sudo; without either it stops with the exact command.
set -euo pipefail

packages=(libopenblas-dev libonnx-dev libprotobuf-dev libhdf5-dev libzip-dev zlib1g-dev pkg-config)
for argument in "$@"; do
    case $argument in
        --with-python) packages+=(python3 python3-venv) ;;
        *) echo "setup: unknown argument $argument" >&2; exit 64 ;;
    esac
done

if ! command -v swift > /dev/null; then
    echo "setup: there is no Swift toolchain on the PATH; install Swift 6.2 or newer (https://www.swift.org/install/linux)" >&2
    exit 69
fi

if ! command -v dpkg-query > /dev/null; then
    echo "setup: this is no Debian system; install the equivalents of these packages by hand, then run make again:" >&2
    echo "    ${packages[*]}" >&2
    exit 69
fi

# A Python that brings its own venv module serves as well as Debian's packages.
have_python() { python3 -c 'import ensurepip, venv' 2> /dev/null; }

is_there() {
    case $1 in
        python3 | python3-venv) have_python && return 0 ;;
        pkg-config) command -v pkg-config > /dev/null && return 0 ;;
    esac
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

missing=()
for package in "${packages[@]}"; do
    is_there "$package" || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "setup: missing system packages: ${missing[*]}" >&2
if [ "$(id -u)" -eq 0 ]; then
    elevate=()
elif command -v sudo > /dev/null && { sudo -n true 2> /dev/null || [ -t 0 ]; }; then
    elevate=(sudo)
else
    echo "setup: they cannot be installed without root rights; run this, then make again:" >&2
    echo "    sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
    exit 77
fi
echo "setup: installing them${elevate:+ through sudo}" >&2
"${elevate[@]}" apt-get update --quiet >&2
"${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "${missing[@]}" >&2
