#!/usr/bin/zsh -f
# complete.zsh FOLDER LINE : types LINE and a tab into an interactive zsh that finds _extload in FOLDER and
# the tool in PATH; prints what the line is then
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= PS2= fpath=(${(q)1} \$fpath) TERM=dumb; unsetopt prompt_cr prompt_sp"
zpty -w shell 'autoload -U compinit; compinit -u -D; bindkey "^I" complete-word'
zpty -w shell 'show() { print -r -- "<<$BUFFER>>" }; zle -N show; bindkey "^X" show; print rea""dy'
zpty -r shell discard '*ready*' || exit 1
zpty -w -n shell $2$'\t\x18'
zpty -r shell text '*<<*>>*' || exit 1
text=${text##*<<}
print -r -- "${text%%>>*}"
zpty -d shell
