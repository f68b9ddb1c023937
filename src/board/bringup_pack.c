/* SPDX-License-Identifier: MIT */
/* The bring-up script as words in the board block, and back from a word to the op it stands for. */
#include "board/bringup.h"

/* Words of an op in the packed script. */
static unsigned words_of(const struct board_op *op)
{
    switch (op->code) {
    case BOARD_OP_DELAY: return 1;
    case BOARD_OP_WRITE: return 2;
    case BOARD_OP_WAIT: return 4;
    default: return 3;
    }
}

/* Neighbours that look at, or change, other bits of one register go as one op: the value that was
 * read tells which of them failed. Returns the index after the last. */
static unsigned group_end(const struct board *board, unsigned first)
{
    const struct board_op *op = &board->ops[first];
    uint32_t mask = op->mask;
    unsigned end = first + 1;
    if (op->code != BOARD_OP_MODIFY && op->code != BOARD_OP_EXPECT) {
        return end;
    }
    while (end < board->op_count && board->ops[end].code == op->code &&
           board->ops[end].address == op->address && (board->ops[end].mask & mask) == 0) {
        mask |= board->ops[end++].mask;
    }
    return end;
}

bool bringup_pack(struct board *board)
{
    uint32_t *at = board->block.script;
    const uint32_t *limit = at + BOARD_BLOCK_SCRIPT_MAX;
    for (unsigned i = 0, end; i < board->op_count; i = end) {
        const struct board_op *op = &board->ops[i];
        end = group_end(board, i);
        if ((unsigned)(limit - at) < words_of(op)) {
            return false;
        }
        if (op->code == BOARD_OP_DELAY || op->code == BOARD_OP_WAIT) {
            uint32_t flag = op->code == BOARD_OP_WAIT ? BRINGUP_LIMIT : 0;
            *at++ = op->time_us << BRINGUP_TIME_SHIFT | flag | BRINGUP_TIME;
        }
        if (op->code == BOARD_OP_WRITE) {
            *at++ = op->address | BRINGUP_WRITE;
            *at++ = op->value;
        } else if (op->code != BOARD_OP_DELAY) {
            uint32_t mask = 0, value = 0;
            for (unsigned j = i; j < end; j++) {
                mask |= board->ops[j].mask;
                value |= board->ops[j].value;
            }
            *at++ = op->address | (op->code == BOARD_OP_MODIFY ? BRINGUP_MODIFY : BRINGUP_WAIT);
            *at++ = mask;
            *at++ = value;
        }
    }
    board->block.script_words = (uint32_t)(at - board->block.script);
    return true;
}

/* A WAIT is reported by its own first word, which stands behind that of its limit. */
const struct board_op *board_op_at(const struct board *board, uint32_t word, uint32_t read)
{
    uint32_t at = 0;
    for (unsigned i = 0, end; i < board->op_count; i = end) {
        end = group_end(board, i);
        at += words_of(&board->ops[i]);
        if (word >= at) {
            continue;
        }
        for (unsigned j = i; j < end; j++) {
            if ((read & board->ops[j].mask) != board->ops[j].value) {
                return &board->ops[j];
            }
        }
        return &board->ops[i];
    }
    return NULL;
}
