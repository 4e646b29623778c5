// SPDX-License-Identifier: Apache-2.0
// A callable passed down a call, without ownership and without an allocation.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace sinkscope {

template <typename Signature> class FunctionRef;

/// Refers to a callable of the caller's; std::function would copy it to the heap at each call of a hot path.
/// Validity: while the callable lives, so as a parameter only. Empty when default-constructed.
template <typename Result, typename... Arguments> class FunctionRef<Result(Arguments...)> {
public:
    FunctionRef() = default;
    template <typename Callable>
    requires(
        !std::is_same_v<std::remove_cvref_t<Callable>,
            FunctionRef> && std::is_invocable_r_v<Result, const std::remove_reference_t<Callable> &, Arguments...>)
        FunctionRef(const Callable &callable) // implicit on purpose: lambdas are passed in place
        : m_callable(std::addressof(callable))
        , m_call([](const void *target, Arguments... arguments) -> Result {
            return (*static_cast<const Callable *>(target))(std::forward<Arguments>(arguments)...);
        })
    {
    }

    explicit operator bool() const { return m_call != nullptr; }
    Result operator()(Arguments... arguments) const
    {
        return m_call(m_callable, std::forward<Arguments>(arguments)...);
    }

private:
    const void *m_callable = nullptr;
    Result (*m_call)(const void *, Arguments...) = nullptr;
};

} // namespace sinkscope
