#!/usr/bin/env bash
# Puts a MySQL server for the tests into a folder of its own, with all the libraries it needs. Debian has MySQL only in its unstable
# distribution: nothing of that is installed on the machine, and apt keeps to its own lists.
set -euo pipefail
folder=${1:-${MYSQL_OF_TESTS:-~/.cache/cdk-recovery/mysql}}
if [ -x "$folder/bin/mysqld" ] && "$folder/bin/mysqld" --version >/dev/null 2>&1; then
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists/partial,cache/archives/partial,root,bin}
: >"$work/status"
key=/usr/share/keyrings/debian-archive-keyring.gpg
# from where this machine has its other packages
mirror=$(apt-get update --print-uris | sed -n "s#^'\(.*/debian\)/*dists/.*#\1#p")
mirror=${mirror%%$'\n'*}
[ -n "$mirror" ] || { echo 'apt knows no mirror of Debian' >&2; exit 1; }
echo "deb [signed-by=$key] $mirror sid main" >"$work/sid.list"
apt=(apt-get -q -y -o "Dir::Etc::SourceList=$work/sid.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
  -o "Dir::State::Lists=$work/lists" -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache" -o Acquire::Languages=none
  -o Acquire::Retries=3 -o APT::Sandbox::User=root)
"${apt[@]}" update
"${apt[@]}" --no-install-recommends --download-only install mysql-server-core mysql-client-core
for package in "$work"/cache/archives/*.deb; do
  # scripts need Perl, the server does not
  [[ $package == */perl* || $package == */libperl* ]] || dpkg-deb --extract "$package" "$work/root"
done
loader=$(cd "$work/root" && find usr -name 'ld-linux*.so.*' -path '*/lib/*' | head -n 1)
for program in sbin/mysqld bin/mysql bin/mysqldump; do
  cat >"$work/bin/${program#*/}" <<SCRIPT
#!/bin/sh
root=\$(dirname "\$0")/../root
exec "\$root/$loader" --library-path "\$root/$(dirname "$loader")" "\$root/usr/$program" "\$@"
SCRIPT
  chmod +x "$work/bin/${program#*/}"
done
"$work/bin/mysqld" --version
mkdir -p "$folder"
rm -rf "$folder/root" "$folder/bin"
mv "$work/root" "$work/bin" "$folder"
