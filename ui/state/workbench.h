// SPDX-License-Identifier: Apache-2.0
// The state objects of one window, made in the right order.
#pragma once

#include "ui/state/aggregate_feed.h"
#include "ui/state/curve_feed.h"
#include "ui/state/generation_feed.h"
#include "ui/state/head_figures.h"
#include "ui/state/head_score_feed.h"
#include "ui/state/position_feed.h"
#include "ui/state/preferences.h"
#include "ui/state/reference.h"
#include "ui/state/presets.h"
#include "ui/state/selection_keeper.h"
#include "ui/state/sensitivity_feed.h"
#include "ui/state/session_store.h"
#include "ui/state/settings.h"
#include "ui/state/shared_range.h"
#include "ui/state/solo.h"
#include "ui/state/trust_report.h"

namespace sinkscope::ui {

/// What panels share. Owner: the composition root; the window must go first, then this, then backend and
/// relay.
struct Workbench {
    Workbench(EngineBackend &backend, ResultRelay &relay, Settings settingsToUse)
        : settings(std::move(settingsToUse))
        , engine(backend, relay)
        , state(engine)
        , reference(state)
        , preferences(settings, engine, state)
        , keeper(state, selection)
        , curves(engine, state, selection)
        , effects(engine, state)
        , scores(engine, state)
        , position(engine, state, selection)
        , generation(engine, state, settings)
        , range(state)
        , figures(state)
        , aggregates(state)
        , trust(engine, settings)
        , sessions(state, selection, engine)
        , solo(state)
        , presets(settings.presetsPath())
    {
    }

    Settings settings;
    EngineController engine;
    AppState state;
    Reference reference;
    Preferences preferences;
    Selection selection;
    SelectionKeeper keeper;
    CurveFeed curves;
    SensitivityFeed effects;
    HeadScoreFeed scores;
    PositionFeed position;
    GenerationFeed generation;
    SharedRange range;
    HeadFigures figures;
    AggregateFeed aggregates;
    TrustReport trust;
    SessionStore sessions;
    Solo solo;
    PresetFile presets;
};

} // namespace sinkscope::ui
