#!/usr/bin/env bash
# Builds the image of the Dockerfile beside this script where there is neither Docker nor a registry: upon a base imported from debootstrap, with buildah, whose
# "chroot" isolation needs no namespaces of its own. Then tries it as the user that it runs as. As root on Debian or Ubuntu, with the .NET SDK and the
# packages buildah and debootstrap installed.
#   infra/image.sh [FOLDER]       FOLDER keeps base and images, some 3 GB; by default one below the temporary folder
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."
work=${1:-${TMPDIR:-/tmp}/streaming-image}
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
images() { buildah --root "$work/storage" --runroot "$work/run" "$@"; }

[ -e "$work/base/etc/ssl/certs" ] ||
    debootstrap --variant=minbase --include=libstdc++6,libssl3,ca-certificates bookworm "$work/base"
base=$(images from scratch)
images add -q "$base" "$work/base" /
images commit -q "$base" localhost/base

# What this machine builds with: its SDK, which does without the base's missing libicu, and the authorities that it trusts.
images copy -q "$base" "$(dirname "$(realpath "$(command -v dotnet)")")" /usr/share/dotnet
images copy -q "$base" /etc/ssl/certs /etc/ssl/certs
images config --env PATH=/usr/share/dotnet:/usr/bin:/bin --env HOME=/root --env DOTNET_NOLOGO=1 --env DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 "$base"
images commit -q "$base" localhost/sdk
images rm "$base" >/dev/null

images build --network host -f infra/Dockerfile --build-arg SDK=localhost/sdk --build-arg BASE=localhost/base -t localhost/streaming .
tried=$(images from localhost/streaming)
images run -v "$PWD/samples/data:/data:ro" "$tried" -- sh -ec 'id -u; /opt/streaming/streaming inspect /data/bike-sharing; ! touch /opt/streaming/x 2>/dev/null'
images rm "$tried" >/dev/null
