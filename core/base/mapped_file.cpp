// SPDX-License-Identifier: Apache-2.0
// POSIX mapping behind MappedFile.
#include "core/base/mapped_file.h"

#include "core/base/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sinkscope {

namespace {

[[noreturn]] void refuse(const std::string &path, std::string what)
{
    throw Error({.what = std::move(what), .file = path, .wayOut = "Give the path of a GGUF model file"});
}

} // namespace

MappedFile::MappedFile(const std::string &path)
    : m_path(path)
{
    // Without O_NONBLOCK the path of a pipe would wait for its writer for ever.
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        refuse(path, std::string("cannot be opened (") + std::strerror(errno) + ")");
    struct stat status = {};
    const bool known = ::fstat(fd, &status) == 0;
    if (!known || !S_ISREG(status.st_mode) || status.st_size == 0) {
        ::close(fd);
        if (known && S_ISDIR(status.st_mode))
            refuse(path, "is a folder, not a model file");
        refuse(path, known && S_ISREG(status.st_mode) ? "is empty" : "is not a regular file");
    }
    m_size = static_cast<std::size_t>(status.st_size);
    void *mapped = ::mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, fd, 0);
    const int mapError = errno;
    ::close(fd);
    if (mapped == MAP_FAILED)
        refuse(path, std::string("cannot be mapped into memory (") + std::strerror(mapError) + ")");
    m_data = static_cast<const std::byte *>(mapped);
}

MappedFile::~MappedFile()
{
    if (m_data)
        ::munmap(const_cast<std::byte *>(m_data), m_size);
}

} // namespace sinkscope
