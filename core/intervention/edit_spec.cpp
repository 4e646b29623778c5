// SPDX-License-Identifier: Apache-2.0
// Short specs of edits: L15H3=0.3, L15=2, L10-19H0,4=0.5, all=1.5.
#include "core/base/error.h"
#include "core/intervention/intervention_json.h"

#include <charconv>
#include <cctype>
#include <fmt/format.h>

namespace sinkscope {

namespace {

/// Reads a spec from left to right; every refusal quotes the whole spec.
class SpecParser {
public:
    SpecParser(std::string_view spec, const HeadGrid &grid)
        : m_spec(spec)
        , m_rest(spec)
        , m_grid(grid)
    {
    }

    void applyTo(Intervention &intervention)
    {
        std::vector<int> layers;
        std::vector<int> heads;
        if (m_rest.starts_with("all")) {
            m_rest.remove_prefix(3);
            layers = range(0, m_grid.layerCount - 1);
            heads = range(0, m_grid.headCount - 1);
        } else {
            expect('L');
            layers = list("layer", m_grid.layerCount);
            if (!m_rest.empty() && (m_rest.front() == 'H' || m_rest.front() == 'h')) {
                m_rest.remove_prefix(1);
                heads = list("head", m_grid.headCount);
            } else {
                heads = range(0, m_grid.headCount - 1);
            }
        }
        expect('=');
        const double gamma = number();
        for (const int layer : layers)
            for (const int head : heads) {
                HeadEdit edit;
                edit.head = {LayerIndex(layer), HeadIndex(head)};
                edit.gamma = gamma;
                intervention.set(edit);
            }
    }

private:
    [[noreturn]] void refuse(const std::string &what) const
    {
        throw RequestError({.what = fmt::format("the edit \"{}\" cannot be read: {}", m_spec, what),
            .expected = "L15H3=0.3, L15=2, L10-19H0,4=0.5 or all=1.5"});
    }

    static std::vector<int> range(int first, int last)
    {
        std::vector<int> values;
        for (int value = first; value <= last; ++value)
            values.push_back(value);
        return values;
    }

    void expect(char wanted)
    {
        if (m_rest.empty() || std::toupper(static_cast<unsigned char>(m_rest.front())) != wanted)
            refuse(fmt::format("expected '{}' {}", wanted,
                m_rest.empty() ? std::string("at the end") : fmt::format("before \"{}\"", m_rest)));
        m_rest.remove_prefix(1);
    }

    int index(const char *what, int count)
    {
        int value = 0;
        const auto [end, status] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), value);
        if (status != std::errc {} || value < 0)
            refuse(fmt::format("expected the number of a {}", what));
        m_rest.remove_prefix(static_cast<std::size_t>(end - m_rest.data()));
        if (value >= count)
            refuse(fmt::format("there is no {} {}, the model has {}s 0 to {}", what, value, what, count - 1));
        return value;
    }

    std::vector<int> list(const char *what, int count)
    {
        std::vector<int> values;
        for (;;) {
            const int first = index(what, count);
            int last = first;
            if (!m_rest.empty() && m_rest.front() == '-') {
                m_rest.remove_prefix(1);
                last = index(what, count);
                if (last < first)
                    refuse(fmt::format("the range {}-{} runs backwards", first, last));
            }
            for (const int value : range(first, last))
                values.push_back(value);
            if (m_rest.empty() || m_rest.front() != ',')
                return values;
            m_rest.remove_prefix(1);
        }
    }

    double number()
    {
        double value = 0.0;
        const auto [end, status] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), value);
        if (status != std::errc {} || end != m_rest.data() + m_rest.size() || m_rest.empty())
            refuse(fmt::format("expected a number of 0 or more after '=', found \"{}\"", m_rest));
        return value;
    }

    std::string_view m_spec;
    std::string_view m_rest;
    HeadGrid m_grid;
};

} // namespace

void applyEditSpec(Intervention &intervention, std::string_view spec, const HeadGrid &grid)
{
    Intervention changed = intervention;
    SpecParser(spec, grid).applyTo(changed);
    intervention = std::move(changed);
}

} // namespace sinkscope
