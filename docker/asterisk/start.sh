#!/bin/sh
# Makes /etc/asterisk anew at each start, from the shipped files, the operator's and the secret, and becomes Asterisk.
set -eu
shipped=/usr/share/dialwright/asterisk-conf
operators=${OPERATORS_CONF:-/config}
secret_file=${PBX_SECRET_FILE:-/run/secrets/pbx.secret}
etc=/etc/asterisk

[ -r "$secret_file" ] || {
  echo "start-asterisk: $secret_file cannot be read: make the secret's file, readable by group 10001 (docs/INSTALL.md, Container)" >&2
  exit 1
}
secret=$(tr -d '\r\n' <"$secret_file")
case $secret in
  *[!A-Za-z0-9_-]* | '')
    echo "start-asterisk: $secret_file must hold letters, digits, - and _ alone" >&2
    exit 1
    ;;
esac

mkdir -p "$etc/dialwright" /var/log/asterisk /var/spool/asterisk/outgoing /var/spool/asterisk/recording
cp "$shipped"/*.conf "$etc/"
cp "$shipped"/dialwright/*.conf "$etc/dialwright/"
# What a person should look at goes where a container's log goes.
sed -i 's|^messages = |/dev/stdout = |' "$etc/logger.conf"
# The operator's files replace the shipped ones by name.
for folder in . dialwright; do
  for file in "$operators/$folder"/*.conf; do
    if [ -f "$file" ]; then cp "$file" "$etc/$folder/"; fi
  done
done
sed -i "s/CHANGE-ME/$secret/" "$etc/dialwright/manager.conf" "$etc/dialwright/ari.conf"
exec asterisk -f "$@"
