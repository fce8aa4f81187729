#pragma once

/* The first words of the message with which a program ends because of an error. By these words another program
 * recognises the cause and can show a translated message. */
#define COMMON_ENDING_DISK_FULL "The disk is full"
#define COMMON_ENDING_DAMAGED "Stored data is damaged"
#define COMMON_ENDING_UNREADABLE "Stored data could not be read or written"
#define COMMON_ENDING_LOCKED "Cannot obtain a lock on directory"

/* The exit status of a worker whose parent asked for its startup to be complete, when it is not. */
#define COMMON_ENDING_CODE_STARTUP 3
