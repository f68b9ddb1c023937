/* SPDX-License-Identifier: MIT */
/* Included before every C file of the image: without it each extern object is reached through a
 * global offset table, whose entries would hold addresses as linked. */
#pragma GCC visibility push(hidden)
