#!/bin/sh
# Builds kindred:VERSION, the version of package.json, from this checkout. Does nothing when it is there for these sources.
#   deploy/build-image.sh [BASE]
# BASE is the official Node LTS image unless it is given; where no registry is reachable: deploy/base-image.sh, and then
# deploy/build-image.sh kindred-base. Behind a private certificate authority set NPM_CONFIG_CAFILE, as for npm itself.
set -eu

cd "$(dirname "$0")/.."
base=${1:-node:lts-slim}
sources='package.json package-lock.json tsconfig.json scripts core proto config net agent coordinator sim study figures deploy web cli testkit bench/waiting-room.ts'
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
image=kindred:$version

refuse() {
  echo "build-image: $1" >&2
  echo "  hint: $2" >&2
  exit 2
}

command -v docker >/dev/null || refuse 'there is no docker' 'install it, or another engine with the same command line'
docker version >/dev/null 2>&1 || refuse 'no container engine answers' 'start one, or say where it is: DOCKER_HOST=unix:///path/docker.sock'

base_id=$(docker image inspect --format '{{ .Id }}' "$base" 2>/dev/null || echo "$base")
# shellcheck disable=SC2086 # a list of names
files=$(find $sources -type f ! -path 'proto/generated/*' | LC_ALL=C sort)
# shellcheck disable=SC2086 # names without spaces
hash=$( (echo "$base_id $files"; cat .dockerignore $files) | cksum | tr ' ' '-')
there=$(docker image inspect --format '{{ index .Config.Labels "kindred.source" }}' "$image" 2>/dev/null || true)
if [ "$there" = "$hash" ]; then
  echo "build-image: $image is up to date"
  exit 0
fi

context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
# shellcheck disable=SC2086 # a list of names
tar -cf - --exclude proto/generated $sources | tar -xf - -C "$context"
authority=
if [ -n "${NPM_CONFIG_CAFILE:-}" ]; then
  cp "$NPM_CONFIG_CAFILE" "$context/npm-ca.pem"
  authority='--build-arg NPM_CONFIG_CAFILE=/kindred/npm-ca.pem'
fi
# shellcheck disable=SC2086 # two words or none
docker build --quiet --network host -f "$context/deploy/Dockerfile" --build-arg "BASE=$base" $authority --label "kindred.source=$hash" -t "$image" "$context" >/dev/null
echo "build-image: $image is built on $base"
