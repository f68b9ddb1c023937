/* SPDX-License-Identifier: MIT */
/*
 * Core registers over GDB's protocol: one at a time (p, P), else all at once (g, G).
 */
#ifndef EXTLOAD_RSP_REGISTERS_H
#define EXTLOAD_RSP_REGISTERS_H

#include "rsp/client.h"
#include "rsp/description.h"

struct rsp_registers {
    struct rsp_description description;
    bool reads_all, writes_all; /* p or P is not known to this server */
};

/* Reads target.xml where there is one. Without: GDB's old layout of an Arm, r0 to r12, sp, lr, pc, and
 * xpsr as 25, or as 16 where there is no 25. */
bool rsp_registers_open(struct rsp_client *client, struct rsp_registers *registers,
                        struct error *error);
/* By any of several names, "sp|r13", the first that there is; NULL: the server does not give it. */
const struct rsp_register *rsp_registers_find(const struct rsp_registers *registers,
                                              const char *names);
/* The low 32 bits. A server that hides a failure gives anything. */
bool rsp_register_read(struct rsp_client *client, struct rsp_registers *registers,
                       const struct rsp_register *reg, uint32_t *value, struct error *error);
bool rsp_register_write(struct rsp_client *client, struct rsp_registers *registers,
                        const struct rsp_register *reg, uint32_t value, struct error *error);

#endif
