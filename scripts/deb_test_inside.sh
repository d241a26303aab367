#!/usr/bin/env bash
# What deb_test.sh's machine does when it is switched on: the first time it installs and operates
# the package, the second time it looks whether all came up by itself, and takes it down.
set -euo pipefail
cd /till-test
exec 3>&1 1>&2
set -x
export DEBIAN_FRONTEND=noninteractive HOME=/root
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

not() { ! "$@"; }
step() { echo "  $*" >&3; }
status() { tillctl status --json --state /var/lib/till --socket /run/till/tilld.sock || [ $? = 4 ]; }
number() { grep -o "\"$1\":[0-9]*" | head -n 1 | cut -d: -f2; }
await() { # await COMMAND…: at most a minute
    for _ in $(seq 120); do "$@" && return; sleep 0.5; done
    return 1
}
running() { [ "$(systemctl is-active tilld)" = active ] && status >/dev/null; }

# One voucher, and a sale that it pays.
pay() {
    rm -rf "/tmp/more-$1" && runuser -u tillhub -- \
        tillhub voucher issue fixed --hub /var/lib/tillhub --amount 5.00 --out "/tmp/more-$1"
    tillctl sale 5.00
    install --owner=till --mode=600 "/tmp/more-$1"/*.png "/var/lib/till/more-$1.png"
    mv "/var/lib/till/more-$1.png" /var/lib/till/camera/
    tillctl sale --wait
}

# Everything in docs/operating.md, as written. The doctor's warnings (4) end no session of a
# person's, and none of this one's.
operate() {
    cp packages/old/*.deb .
    awk '/^```sh$/ {code = 1; next} /^```$/ {code = 0} code' operating.md >session
    sed -i 's/^tillctl \(doctor\|status\)$/tillctl \1 || [ $? = 4 ]/' session
    started=$SECONDS
    . ./session
    rm ./*.deb
    step "set up, sold, cancelled and closed as docs/operating.md says ($((SECONDS - started)) s)"
    id till && id tillhub
    [ "$(stat -c %U:%G:%a /var/lib/till)" = till:till:750 ]
    systemctl is-enabled tilld till-self-test.timer
    [ "$(systemctl is-active till-self-test.timer)" = active ]
    [ "$(status | number offlinePaymentsCount)" = 0 ]
    step "tilld runs under its unit, the hub has everything"
    exec 4<>/dev/tcp/127.0.0.1/7480
    printf 'GET / HTTP/1.1\r\nHost: 127.0.0.1:7480\r\nConnection: close\r\n\r\n' >&4
    grep -m 1 '^HTTP/1.1 200' <&4
    exec 4<&- 4>&-
    step "the console's page is there"
    systemctl start till-self-test || { journalctl --unit=till-self-test --output=cat; false; }
    step "the self-test ends without a fault"
    pid=$(systemctl show --property=MainPID --value tilld)
    kill -KILL "$pid"
    await running
    [ "$(systemctl show --property=MainPID --value tilld)" != "$pid" ]
    step "killed, it is started again"
}

upgrade() {
    systemctl stop tillhub
    pay 1
    before=$(status)
    [ "$(number offlinePaymentsCount <<<"$before")" = 1 ]
    dpkg -i packages/new/*.deb
    await running
    after=$(status)
    for key in offlinePaymentsCount queuedEntries; do
        [ "$(number $key <<<"$before")" = "$(number $key <<<"$after")" ]
    done
    cmp /var/lib/till/upgrade/before.json /var/lib/till/upgrade/after.json
    grep '"queuedCaptures":1' /var/lib/till/upgrade/before.json
    step "upgraded with a payment that waits: it waits still"

    tar -C /var/lib/till -cf /till-test/journal.tar --exclude=journal.lock journal
    not dpkg -i packages/bad/*.deb
    not systemctl is-active tilld
    [ "$(dpkg-query -W -f='${db:Status-Status}' till)" = half-configured ]
    [ -e /var/lib/till/journal.failed-upgrade/touched ]
    [ ! -e /var/lib/till/journal/touched ]
    dpkg -i packages/new/*.deb || dpkg --configure till
    await running
    [ "$(status | number offlinePaymentsCount)" = 1 ]
    step "an upgrade that lost the queue was refused, the journal put back, tilld not started"
    systemctl start tillhub
    await tillctl sync
    [ "$(status | number offlinePaymentsCount)" = 0 ]
    step "the payment reached the hub"
}

# A journal of the first schema, whose queue must be the same after the upgrade.
upgrade_first_schema() {
    systemctl stop tilld
    mv /var/lib/till/journal /var/lib/till/kept
    rm -rf /var/lib/till/journal.failed-upgrade
    cp -r schema-1 /var/lib/till/journal
    chown -R till:till /var/lib/till/journal && chmod 700 /var/lib/till/journal
    count() { sqlite3 /var/lib/till/journal/journal.sqlite "SELECT $1"; }
    [ "$(sqlite3 /var/lib/till/journal/journal.sqlite 'PRAGMA user_version')" = 1 ]
    entries=$(count 'count(*) FROM entry')
    hash=$(count 'hex(hash) FROM entry ORDER BY sequence DESC LIMIT 1')
    sed 's/ConditionPathExists=.*/ConditionPathExists=\/nowhere/' \
        /lib/systemd/system/tilld.service >/etc/systemd/system/tilld.service
    systemctl daemon-reload
    dpkg -i packages/new/*.deb
    [ "$(sqlite3 /var/lib/till/journal/journal.sqlite 'PRAGMA user_version')" -gt 1 ]
    [ "$(count 'count(*) FROM entry')" = "$entries" ]
    [ "$(count 'hex(hash) FROM entry ORDER BY sequence DESC LIMIT 1')" = "$hash" ]
    step "a journal of the first schema was brought over, $entries entries and the last hash the same"
    rm -rf /var/lib/till/journal && mv /var/lib/till/kept /var/lib/till/journal
    rm /etc/systemd/system/tilld.service
    systemctl daemon-reload
    systemctl start tilld
    await running
}

take_down() {
    await running
    [ "$(systemctl is-active tillhub)" = active ]
    [ "$(systemctl is-active till-self-test.timer)" = active ]
    step "switched on again: all of it came up by itself"
    export TILL_STATE=/var/lib/till TILL_SOCKET=/run/till/tilld.sock
    pay 2
    step "and takes a payment"
    dpkg -r till
    not command -v tilld
    not systemctl is-active tilld
    [ -e /var/lib/till/journal/journal.sqlite ] && [ ! -e /lib/systemd/system/tilld.service ]
    step "removed: the programs are gone, the terminal is not"
    digest=$(sha256sum /var/lib/till/journal/journal.sqlite | cut -d' ' -f1)
    dpkg -P till
    [ ! -e /var/lib/till ] && [ ! -e /etc/till ]
    [ "$(sha256sum /var/backups/till-journal/journal/journal.sqlite | cut -d' ' -f1)" = "$digest" ]
    [ -e /var/lib/tillhub/ledger.sqlite ] || ls -R /var/lib/tillhub | grep -q sqlite
    not grep -E 'tilld|tillhub' <<<"$(systemctl list-unit-files 'till*')"
    step "purged: nothing is left but the journal, in /var/backups, and the hub's ledger"
}

if [ ! -e first-time-over ]; then
    operate
    upgrade
    upgrade_first_schema
    : >first-time-over
else
    take_down
fi
echo 'done' >&3
