#!/bin/sh
# A base for deploy/Dockerfile where no image registry is reachable: this machine's node with the libraries it loads, npm,
# sh, env and the C library, nothing else. Tags it kindred-base; does nothing when the tag holds this node already. No root needed.
#   deploy/base-image.sh
set -eu

TAG=kindred-base

refuse() {
  echo "base-image: $1" >&2
  echo "  hint: $2" >&2
  exit 2
}

for tool in docker node npm ldd tar; do
  command -v "$tool" >/dev/null || refuse "there is no $tool" 'install it; with a registry at hand no base is needed: deploy/build-image.sh node:lts-slim'
done
[ "$(uname -s)" = Linux ] || refuse "a container needs Linux programs, and this is $(uname -s)" 'use the official image: deploy/build-image.sh'
docker version >/dev/null 2>&1 || refuse 'no container engine answers' 'start one, or say where it is: DOCKER_HOST=unix:///path/docker.sock'

version=$(node --version)
made_by="$version $(cksum <"$0")"
there=$(docker image inspect --format '{{ index .Config.Labels "kindred.base" }}' "$TAG" 2>/dev/null || true)
if [ "$there" = "$made_by" ]; then
  echo "base-image: $TAG is there, with node $version"
  exit 0
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/bin" "$root/etc" "$root/lib" "$root/root" "$root/usr/bin" "$root/usr/lib/node_modules"
mkdir -m 1777 "$root/tmp"

# Every program at its usual place, its libraries where the loader looks for them.
put() {
  program=$(readlink -f "$(command -v "$1")")
  cp "$program" "$root$2"
  for library in $(ldd "$program" | grep -o '/[^ ]*' | sort -u); do
    [ -e "$root$library" ] || { mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"; }
  done
}
put node /usr/bin/node
put env /usr/bin/env
put sh /bin/sh

# The rest of the C library, which native packages of the build may ask for.
libc=$(ldd "$(readlink -f "$(command -v node)")" | grep -o '/[^ ]*/libc\.so\.6' || true)
for library in "${libc%/*}"/lib*.so.*; do
  case ${library##*/} in librt.so.1 | libutil.so.1 | libresolv.so.2 | libanl.so.1 | libnss_dns.so.2 | libnss_files.so.2 | libatomic.so.1)
    cp -L "$library" "$root${libc%/*}/" ;;
  esac
done

npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
cp -RL "$npm" "$root/usr/lib/node_modules/npm"
rm -rf "$root/usr/lib/node_modules/npm/docs" "$root/usr/lib/node_modules/npm/man"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/bin/npm"
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"

tar -C "$root" --numeric-owner --owner=0 --group=0 -cf - . |
  docker import --change "LABEL kindred.base=\"$made_by\"" --change 'ENV PATH=/usr/bin:/bin' - "$TAG" >/dev/null
echo "base-image: $TAG holds node $version"
