/* SPDX-License-Identifier: MIT */
/*
 * Which sources this program was built from.
 */
#ifndef EXTLOAD_CLI_VERSION_H
#define EXTLOAD_CLI_VERSION_H

/* "abc1234", with ", modified" behind it if the tree had changes; "commit unknown" in a tree that is
 * neither a clone nor an archive of one. Written by cmake/commit.cmake. */
extern const char version_commit[];

#endif
