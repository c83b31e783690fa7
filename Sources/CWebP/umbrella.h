// The system's headers of libwebp and of its demuxer, found through pkg-config.
#include <webp/decode.h>
#include <webp/demux.h>
