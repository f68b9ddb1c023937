# The program looks for its data in ../share/extload/data: bin and share are not to be moved apart.
set(EXTLOAD_ZSH_DIR share/zsh/site-functions CACHE STRING "where zsh completions are installed")

install(TARGETS extload RUNTIME DESTINATION bin)
install(DIRECTORY data/ DESTINATION share/extload/data PATTERN README.md EXCLUDE)
install(DIRECTORY ${MANUAL_DIR}/man1 DESTINATION share/man)
install(FILES ${MANUAL_DIR}/bash/extload DESTINATION share/bash-completion/completions)
install(FILES ${MANUAL_DIR}/zsh/_extload DESTINATION ${EXTLOAD_ZSH_DIR})
install(FILES README.md DESIGN.md LICENSE DESTINATION share/doc/extload)
install(FILES CHANGELOG.md DESTINATION share/doc/extload OPTIONAL)
install(FILES data/README.md DESTINATION share/doc/extload/data)
install(DIRECTORY docs DESTINATION share/doc/extload)
