# The chip: one debug port, an access port that is always open, and the core's own.
source [find target/swj-dp.tcl]

set extload(folder) [file dirname [info script]]
set extload(chip) $extload(mcu)
if {[info exists CHIPNAME]} {
    set extload(chip) $CHIPNAME
}
set extload(dap) $extload(chip).dap
set extload(system) $extload(chip).system
set extload(cpu) $extload(chip).cpu

if {[using_jtag]} {
    swj_newdap $extload(chip) cpu -irlen 4 -ircapture 0x1 -irmask 0xf -expected-id $extload(jtag_id)
} else {
    swj_newdap $extload(chip) cpu -expected-id $extload(swd_id)
}
dap create $extload(dap) -chain-position $extload(cpu)
# This order is also that of the examination: the core's port may have to be waited for.
target create $extload(system) mem_ap -endian little -dap $extload(dap) -ap-num $extload(system_ap)
target create $extload(cpu) cortex_m -endian little -dap $extload(dap) -ap-num $extload(core_ap)
$extload(cpu) configure -work-area-phys $extload(work_base) -work-area-size $extload(work_size) \
    -work-area-backup 1
cortex_m reset_config sysresetreq
adapter speed 8000

# Without this GDB is given zeros for memory that cannot be read. 0.12 has the first spelling, its successors the second.
if {[catch {gdb_report_data_abort enable}] && [catch {gdb report_data_abort enable}]} {
    echo "Warn : this OpenOCD cannot report bus errors to GDB"
}

proc _extload_core_is_open {} {
    global extload
    set word [$extload(system) read_memory $extload(opened) 32 1]
    return [expr {($word & $extload(opened_bits)) == $extload(opened_bits)}]
}

# After a reset the boot ROM opens the core's port, or does not.
proc _extload_wait_for_core {} {
    for {set i 0} {$i < 50} {incr i} {
        if {[_extload_core_is_open]} {
            return
        }
        sleep 10
    }
    echo "Error: the core's access port stays locked; development boot opens it (boot pins, then reset)"
}

# Debug registers of the system, such as the watchdogs'.
proc _extload_set_up_debug {} {
    global extload
    foreach {address bits} $extload(setup) {
        set word [$extload(system) read_memory $address 32 1]
        $extload(system) write_memory $address 32 [list [expr {$word | $bits}]]
    }
}

# DSCSR.CDS: is the core in Secure state? Cores without security read 0 there and need nothing.
proc _extload_is_secure {} {
    global extload
    return [expr {([$extload(cpu) read_memory 0xE000EE08 32 1] & 0x10000) != 0}]
}

# OpenOCD's accesses are Non-secure unless told otherwise, and then do not reach Secure RAM.
proc _extload_follow_security {} {
    global extload
    if {!$extload(has_security)} {
        return
    }
    $extload(dap) apsel $extload(core_ap)
    if {[_extload_is_secure]} {
        $extload(dap) apcsw 0x0B000000 0x4F000000
    } else {
        $extload(dap) apcsw 0x4B000000 0x4F000000
    }
}

$extload(system) configure -event examine-end {_extload_set_up_debug}
$extload(cpu) configure -event examine-start {_extload_wait_for_core}
$extload(cpu) configure -event reset-deassert-post {_extload_wait_for_core}
$extload(cpu) configure -event examine-end {_extload_follow_security}
$extload(cpu) configure -event halted {_extload_follow_security}
targets $extload(cpu)

# The flight record: what the loader says of its last call.

proc _extload_record {} {
    global extload
    if {[catch {$extload(cpu) read_memory $extload(record) 32 $extload(record_words)} words]} {
        return {}
    }
    set sum 0
    foreach word [lrange $words 3 end] {
        set sum [expr {($sum + $word) & 0xFFFFFFFF}]
    }
    if {[lindex $words 0] != $extload(record_magic) || [lindex $words 1] != $extload(record_version) ||
        [lindex $words 2] != ($sum ^ 0xFFFFFFFF)} {
        return {}
    }
    return $words
}

proc _extload_name {list number} {
    if {$number < [llength $list]} {
        return [lindex $list $number]
    }
    return "number $number"
}

# The reason of a record in words; "" if there is none.
proc _extload_reason {words} {
    global extload
    set number [expr {[lindex $words 11] + 0}]
    set details {}
    foreach detail [lrange $words 12 14] {
        lappend details [expr {$detail + 0}]
    }
    if {$number == 0} {
        return ""
    }
    if {![dict exists $extload(reasons) $number]} {
        return [format "reason %d (0x%08x 0x%08x 0x%08x)" $number {*}$details]
    }
    lassign [dict get $extload(reasons) $number] name sentence hint
    # As many details as the sentence has room for.
    set holes [expr {[llength [split $sentence %]] - 1}]
    set text "$name: [format $sentence {*}[lrange $details 0 [expr {$holes - 1}]]]"
    if {$hint ne ""} {
        append text "\n  try: $hint"
    }
    return $text
}

proc extload_record {} {
    global extload
    set words [_extload_record]
    if {$words eq ""} {
        error [format "no record at 0x%08x: the loader has not run since power-on\n  try: extload_init" \
                   $extload(record)]
    }
    set phase [expr {[lindex $words 9] + 0}]
    echo [format "record   at 0x%08x: %s, %s" $extload(record) \
              [_extload_name $extload(functions) [expr {[lindex $words 4] + 0}]] \
              [_extload_name $extload(phases) $phase]]
    echo "call     number [expr {[lindex $words 3] + 0}], with [join [lrange $words 5 8] {, }]"
    if {$phase == $extload(phase_returned)} {
        echo "result   R0 = [lindex $words 10]"
    } else {
        echo "result   none: the call has not returned"
    }
    echo [format "flash    ID %02x %02x %02x" {*}[_extload_id $words]]
    set reason [_extload_reason $words]
    if {$reason ne ""} {
        echo "reason   $reason"
    }
}

proc _extload_id {words} {
    set id [lindex $words 15]
    return [list [expr {$id & 0xFF}] [expr {$id >> 8 & 0xFF}] [expr {$id >> 16 & 0xFF}]]
}

# One call of the loader. It returns to a BKPT at the start of its RAM.

proc _extload_halt {} {
    global extload
    targets $extload(cpu)
    if {[$extload(cpu) curstate] ne "halted" && [catch {halt 2000} message]} {
        error "the core does not halt: $message\n  try: development boot (boot pins), then reset"
    }
    if {$extload(has_security) && ![_extload_is_secure]} {
        error "the core is in Non-secure state, where a loader cannot work\n  try: development boot (boot pins), then reset"
    }
}

proc _extload_download {} {
    global extload
    set file [file join $extload(folder) $extload(image)]
    if {![file exists $file]} {
        error "no $file\n  try: extload build --format openocd writes both; keep them in one folder"
    }
    load_image $file 0x0 elf
    $extload(cpu) write_memory $extload(base) 32 {0x0000BE00}
    if {[$extload(cpu) read_memory $extload(base) 32 1] != 0xBE00} {
        error [format "RAM at 0x%08x does not hold what is written to it\n  try: reset; the memory may be switched off" \
                   $extload(base)]
    }
    if {[$extload(cpu) read_memory $extload(stamp_at) 32 1] != $extload(stamp)} {
        error "$file was not built with this configuration\n  try: extload build --format openocd, which writes both"
    }
}

# Runs a function until it is back at the BKPT; R0.
proc _extload_call {function arguments} {
    global extload
    set text "$function\([join $arguments {, }])"
    set registers [list sp $extload(stack) lr [expr {$extload(base) | 1}] xPSR 0x01000000 \
                       pc [dict get $extload(entries) $function] control 0 primask 1]
    set number 0
    foreach argument $arguments {
        lappend registers r$number $argument
        incr number
    }
    $extload(cpu) set_reg $registers
    resume
    if {[catch {wait_halt $extload(timeout_ms)}]} {
        catch {halt 2000}
        error "$text has not returned in $extload(timeout_ms) ms\n  try: extload_record says how far it came"
    }
    set at [dict get [$extload(cpu) get_reg -force {pc r0}] pc]
    if {$at != $extload(base)} {
        error "$text ended at $at instead of returning\n  try: extload_record; reset, and then again"
    }
    return [expr {[dict get [$extload(cpu) get_reg {r0}] r0] + 0}]
}

# The same, where `good` is what R0 must be.
proc _extload_checked {function arguments good} {
    set result [_extload_call $function $arguments]
    if {$result == $good} {
        return
    }
    set text [format "%s(%s) failed with 0x%08x" $function [join $arguments {, }] $result]
    set words [_extload_record]
    if {$words eq ""} {
        error "$text and left no record\n  try: extload rehearse, which runs this loader on a simulated board"
    }
    set reason [_extload_reason $words]
    if {$reason eq "" && $function eq "Verify"} {
        error [format "the flash holds something else from 0x%08x on" $result]
    }
    if {$reason eq ""} {
        set reason "the record gives no reason"
    }
    error "$text\n$reason"
}

proc _extload_begin {} {
    _extload_halt
    _extload_download
    _extload_checked Init {0 0 0} 1
}

# Ranges of the flash.

proc _extload_number {what text} {
    if {[catch {expr {$text + 0}} number] || $number < 0} {
        error "$what: '$text' is no number"
    }
    return $number
}

proc _extload_check_range {address size} {
    global extload
    set end [expr {$extload(window) + $extload(flash_size)}]
    if {$size == 0} {
        error "nothing to do: 0 bytes"
    }
    if {$address < $extload(window) || $address + $size > $end} {
        error [format "0x%08x, %d bytes: not within the flash at 0x%08x..0x%08x" \
                   $address $size $extload(window) [expr {$end - 1}]]
    }
}

# Size of a file of raw bytes.
proc _extload_file_size {file} {
    if {![file isfile $file]} {
        error "no file $file"
    }
    set stream [open $file rb]
    set head [$stream read 4]
    $stream close
    if {$head eq "\x7FELF" || [string match {:[0-9A-Fa-f][0-9A-Fa-f]*} $head] || [string match {S[0-9][0-9A-F]*} $head]} {
        error "$file is no file of raw bytes\n  try: arm-none-eabi-objcopy -O binary (for .hex: -I ihex), and the address of its first byte"
    }
    return [file size $file]
}

proc _extload_erase {address size} {
    global extload
    set sector $extload(sector)
    set offset [expr {$address - $extload(window)}]
    set first [expr {$offset / $sector * $sector}]
    set last [expr {($offset + $size - 1) / $sector * $sector}]
    while {$first <= $last} {
        set end [expr {$first + $extload(erase_step) - $sector}]
        set end [expr {$end < $last ? $end : $last}]
        _extload_checked SectorErase [list [format 0x%08x [expr {$extload(window) + $first}]] \
                                          [format 0x%08x [expr {$extload(window) + $end}]]] 1
        set first [expr {$end + $sector}]
    }
}

# Fills the buffer with a part of a file and calls `body` with the address in the flash and the number of bytes.
proc _extload_each_chunk {file address size body} {
    global extload
    for {set done 0} {$done < $size} {incr done $now} {
        set now [expr {$size - $done}]
        set now [expr {$now < $extload(buffer_size) ? $now : $extload(buffer_size)}]
        load_image $file [expr {$extload(buffer) - $done}] bin $extload(buffer) $now
        $body [expr {$address + $done}] $now
    }
}

proc _extload_write_chunk {address size} {
    global extload
    _extload_checked Write [list [format 0x%08x $address] $size [format 0x%08x $extload(buffer)]] 1
}

# Verify counts words; what is left over is read.
proc _extload_verify_chunk {address size} {
    global extload
    set left [expr {$size % 4}]
    set whole [expr {$size - $left}]
    if {$whole > 0} {
        _extload_checked Verify [list [format 0x%08x $address] [format 0x%08x $extload(buffer)] \
                                     [expr {$whole / 4}] 0] 0
    }
    if {$left > 0 && [$extload(cpu) read_memory [expr {$address + $whole}] 8 $left] ne
        [$extload(cpu) read_memory [expr {$extload(buffer) + $whole}] 8 $left]} {
        error [format "the flash holds something else in the %d bytes at 0x%08x" $left [expr {$address + $whole}]]
    }
}

# What users call.

proc extload_init {} {
    global extload
    _extload_begin
    set words [_extload_record]
    if {$words ne ""} {
        echo [format "flash    ID %02x %02x %02x" {*}[_extload_id $words]]
    }
    echo "Init     done; the flash is mapped at $extload(window)"
}

proc extload_erase {address size} {
    set address [_extload_number address $address]
    set size [_extload_number size $size]
    _extload_check_range $address $size
    _extload_begin
    _extload_erase $address $size
    echo [format "erased   the sectors of 0x%08x, %d bytes" $address $size]
}

proc extload_mass_erase {} {
    _extload_begin
    _extload_checked MassErase {} 1
    echo "erased   the whole flash"
}

proc extload_program {file address} {
    set address [_extload_number address $address]
    set size [_extload_file_size $file]
    _extload_check_range $address $size
    _extload_begin
    _extload_erase $address $size
    _extload_each_chunk $file $address $size _extload_write_chunk
    _extload_each_chunk $file $address $size _extload_verify_chunk
    echo [format "programmed and verified %s: %d bytes at 0x%08x" $file $size $address]
}

proc extload_verify {file address} {
    set address [_extload_number address $address]
    set size [_extload_file_size $file]
    _extload_check_range $address $size
    _extload_begin
    _extload_each_chunk $file $address $size _extload_verify_chunk
    echo [format "verified %s: %d bytes at 0x%08x" $file $size $address]
}

proc extload_read {file address size} {
    set address [_extload_number address $address]
    set size [_extload_number size $size]
    _extload_check_range $address $size
    _extload_begin
    dump_image $file $address $size
    echo [format "read     0x%08x, %d bytes into %s" $address $size $file]
}

foreach {name arguments text} {
    extload_init "" "Downloads the loader and calls its Init: is the flash there?"
    extload_program "file address" "Erases the sectors of a file of raw bytes, programs and verifies it."
    extload_verify "file address" "Compares the flash with a file of raw bytes."
    extload_erase "address size" "Erases the sectors of a range."
    extload_mass_erase "" "Erases the whole flash."
    extload_read "file address size" "Reads the flash into a file."
    extload_record "" "Prints the loader's flight record: what its last call did, and why it failed."
} {
    add_help_text $name $text
    add_usage_text $name $arguments
}
