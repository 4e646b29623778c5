// SPDX-License-Identifier: Apache-2.0
// SHA-256 by OpenSSL over the mapped file.
#include "core/base/file_hash.h"

#include "core/base/error.h"
#include "core/base/mapped_file.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <memory>
#include <openssl/evp.h>
#include <span>

namespace sinkscope {

namespace {

constexpr std::size_t kBlockBytes = std::size_t {4} << 20; // a few milliseconds between looks at `stop`

void require(int success)
{
    if (success != 1)
        throw Error({.what = "SHA-256 is not available from the system's OpenSSL",
            .wayOut = "Check that OpenSSL is installed completely"});
}

} // namespace

std::optional<std::string> sha256OfFile(const std::string &path, const StopToken &stop)
{
    const MappedFile file(path);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    require(context ? EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) : 0);
    for (std::span<const std::byte> rest = file.bytes(); !rest.empty();) {
        if (stop.stop_requested())
            return std::nullopt;
        const std::span<const std::byte> block = rest.first(std::min(rest.size(), kBlockBytes));
        require(EVP_DigestUpdate(context.get(), block.data(), block.size()));
        rest = rest.subspan(block.size());
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned int length = 0;
    require(EVP_DigestFinal_ex(context.get(), digest.data(), &length));
    std::string text;
    for (const unsigned char byte : std::span(digest).first(length))
        text += fmt::format("{:02x}", byte);
    return text;
}

} // namespace sinkscope
