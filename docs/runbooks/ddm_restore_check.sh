#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a check program for ddm_restore_drill says; this one looks at nothing. A real one compares each of SOURCE_NODES with
# the one of TARGET_NODES in the same place ("host:port,host:port"), as NODE_USER with NODE_PASSWORD.
echo "configuration ok 214 variables alike"
echo "row_counts ok 8 shards, 4711 rows"
echo "checksums ok 8 shards"
echo "newest_row ok 2026-01-01 07:54:58 +00:00 on both sides"
