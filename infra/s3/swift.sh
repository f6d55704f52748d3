#!/usr/bin/env bash
# OpenStack Swift with its S3 interface on 127.0.0.1, one copy of everything: an S3 server that shares no code with the others, for tests. How to
# use it: server.sh, beside this script.
set -euo pipefail
name=swift
programs="swift-proxy-server swift-object-server swift-container-server swift-account-server swift-ring-builder memcached"
packages="swift-proxy swift-account swift-container swift-object memcached"
daemons="memcached account container object proxy"
# Swift's name of a user: account:user.
access_key=streaming:keyofthetests0001
. "$(dirname "$(realpath "$0")")/server.sh"

# The one file whose place Swift does not let anybody choose. On a machine that has a Swift of its own, it stays.
write_swift_conf() {
    local conf=/etc/swift/swift.conf mark="# Written by the tests of Streaming."
    [ ! -s "$conf" ] || grep -qF "$mark" "$conf" || grep -q "changeme" "$conf" || fail 6 "$conf belongs to a Swift of this machine; run the tests elsewhere."
    { mkdir -p /etc/swift && cat >"$conf"; } <<CONF || fail 3 "needs to write $conf: run as root."
$mark
[swift-hash]
swift_hash_path_suffix = tests
swift_hash_path_prefix = tests
[storage-policy:0]
name = gold
default = yes
CONF
}

write_ring() {
    local server=$1 server_port=$2
    swift-ring-builder "$server.builder" create 6 1 1
    swift-ring-builder "$server.builder" add "r1z1-127.0.0.1:$server_port/d1" 1
    swift-ring-builder "$server.builder" rebalance
} >/dev/null

write_server_conf() {
    local server=$1 server_port=$2
    cat >"$server.conf" <<CONF
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $server_port
user = $(id -un)
swift_dir = $state/etc
devices = $state/node
mount_check = false
workers = 0
fallocate_reserve = 0
log_level = ERROR
[pipeline:main]
pipeline = $server-server
[app:$server-server]
use = egg:swift#$server
disk_chunk_size = 1048576
network_chunk_size = 1048576
CONF
}

write_proxy_conf() {
    cat >proxy.conf <<CONF
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $port
user = $(id -un)
swift_dir = $state/etc
workers = 0
log_level = ERROR
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
object_chunk_size = 1048576
client_chunk_size = 1048576
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:$((port + 4))
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
allow_multipart_uploads = true
[filter:tempauth]
use = egg:swift#tempauth
user_${access_key%:*}_${access_key#*:} = $secret_key .admin
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
CONF
    local filter
    for filter in catch_errors gatekeeper healthcheck listing_formats bulk copy slo dlo symlink; do
        printf '[filter:%s]\nuse = egg:swift#%s\n' "$filter" "$filter" >>proxy.conf
    done
}

start_daemons() {
    local server server_port=$port
    write_swift_conf
    mkdir -p "$state"/{etc,node/d1}
    cd "$state/etc"
    launch memcached memcached -u "$(id -un)" -l 127.0.0.1 -p $((port + 4)) -U 0 -m 32
    for server in account container object; do
        server_port=$((server_port + 1))
        write_ring $server $server_port
        write_server_conf $server $server_port
        launch $server swift-$server-server "$state/etc/$server.conf"
    done
    write_proxy_conf
    launch proxy swift-proxy-server "$state/etc/proxy.conf"
    server_port=$port
    for server in account container object; do
        server_port=$((server_port + 1))
        await $server listens $server_port
    done
    await proxy curl -fsS -o /dev/null "http://127.0.0.1:$port/healthcheck"
}

serve "$@"
