define extload-symbols
  eval "add-symbol-file %s/%s", $extload_folder, $extload_elf
end
document extload-symbols
Loads the symbols of the loader, at the address at which it runs.
The files are looked for in the current folder, or in $extload_folder: set it before this script is sourced.
end

define extload-break
  hbreak *Init
  hbreak *Write
  hbreak *SectorErase
  hbreak *guard_handler
end
document extload-break
Breakpoints at what a tool calls (Init, Write, SectorErase) and at the loader's own fault handler.
They are hardware breakpoints: a tool that downloads the loader anew would write over others.
end

define extload-record
  set $extload_words = (unsigned int *) $extload_record
  set $extload_sum = 0U
  set $extload_i = 3
  while $extload_i < $extload_record_words
    set $extload_sum = $extload_sum + $extload_words[$extload_i]
    set $extload_i = $extload_i + 1
  end
  if $extload_words[0] != $extload_magic || $extload_words[1] != $extload_version || $extload_words[2] != ~$extload_sum
    printf "no record at 0x%08x: the loader has not run since power-on\n", $extload_record
  else
    printf "record   at 0x%08x: ", $extload_record
    extload-function $extload_words[4]
    printf ", "
    extload-phase $extload_words[9]
    printf "\ncall     number %u, with 0x%08x, 0x%08x, 0x%08x, 0x%08x, image at 0x%08x\n", $extload_words[3], $extload_words[5], $extload_words[6], $extload_words[7], $extload_words[8], $extload_words[20]
    if $extload_words[9] == $extload_returned
      printf "result   R0 = 0x%08x after %u cycles\n", $extload_words[10], $extload_words[19]
    else
      printf "result   none: the call has not returned\n"
    end
    printf "flash    ID %02x %02x %02x, SR1 0x%02x\n", $extload_words[15] & 0xFF, ($extload_words[15] >> 8) & 0xFF, ($extload_words[15] >> 16) & 0xFF, $extload_words[16] & 0xFF
    printf "core     %u Hz as calibrated, entered with SP 0x%08x, PRIMASK %u, MSPLIM 0x%08x, VTOR 0x%08x\n", $extload_words[18], $extload_words[21], $extload_words[25] & 1, $extload_words[30], $extload_words[32]
    extload-reason $extload_words[11] $extload_words[12] $extload_words[13] $extload_words[14]
    if $extload_words[37] != 0
      printf "fault    exception %u, CFSR 0x%08x, HFSR 0x%08x, PC 0x%08x, LR 0x%08x\n", $extload_words[38], $extload_words[39], $extload_words[40], $extload_words[50], $extload_words[49]
    end
  end
end
document extload-record
Prints the loader's flight record: what its last call did, and why it failed.
end

if $_isvoid($extload_folder)
  set $extload_folder = "."
end
extload-symbols
