#!/usr/bin/env bash
# Ceph's S3 gateway on 127.0.0.1 with everything in memory: one monitor, one object store, one radosgw. For tests: what is stored is
# gone when it stops. How to use it: server.sh, beside this script. After `export $(infra/s3/ceph-rgw.sh start)` the tests, the AWS CLI and
# `streaming` use it.
set -euo pipefail
name=ceph-rgw
programs="radosgw ceph-mon ceph-osd ceph radosgw-admin monmaptool"
packages="radosgw ceph-mon ceph-osd ceph-common"
daemons="mon osd rgw"
# Nothing is worth a tidy end: it is all in memory.
stop_signal=KILL
. "$(dirname "$(realpath "$0")")/server.sh"

start_daemons() {
    local conf=$state/ceph.conf fsid=5f2b6c1e-7f3a-4b57-9d55-0c5d3a7c0001 osd=7d1c2f9a-2f0e-4d6b-8a34-0c5d3a7c0002
    local monitors="[v2:127.0.0.1:$((port + 1)),v1:127.0.0.1:$((port + 2))]"
    mkdir -p "$state"/{run,mon,osd,rgw}
    cat >"$conf" <<CONF
[global]
fsid = $fsid
mon host = $monitors
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms client mode = crc
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon data avail warn = 2
mon data avail crit = 1
mon osd min down reporters = 1
run dir = $state/run
admin socket = $state/run/\$name.asok
crash dir = $state/run
pid file =
log file =
log to stderr = true
err to stderr = true
debug default = 0
[mon]
mon data = $state/mon
paxos propose interval = 0.05
paxos min wait = 0.01
[osd]
osd data = $state/osd
osd objectstore = memstore
osd class load list = *
osd max object name len = 2048
memstore device bytes = ${STREAMING_S3_BYTES:-8589934592}
[client.rgw.tests]
rgw data = $state/rgw
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw thread pool size = 64
rgw dynamic resharding = false
rgw enable usage log = false
CONF
    monmaptool -c "$conf" --create --clobber --fsid "$fsid" --addv a "$monitors" "$state/monmap" >/dev/null
    ceph-mon -c "$conf" -i a --mkfs --monmap "$state/monmap" >>"$state/mon.log" 2>&1
    launch mon ceph-mon -c "$conf" -i a -f
    await mon ceph -c "$conf" --connect-timeout 5 osd new "$osd" 0
    ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd" >>"$state/osd.log" 2>&1
    launch osd ceph-osd -c "$conf" -i 0 -f
    # Waits for the object store by itself.
    timeout 60 radosgw-admin -c "$conf" -n client.rgw.tests user create --uid=tests --display-name=tests \
        --access-key="$access_key" --secret="$secret_key" >>"$state/rgw.log" 2>&1 || { tail -n 5 "$state/rgw.log" >&2; fail 6 "the user of the tests could not be made."; }
    launch rgw radosgw -c "$conf" -n client.rgw.tests -f
    await rgw curl -fsS -o /dev/null "http://127.0.0.1:$port/"
}

serve "$@"
