namespace Undercroft.Monitors;

/// <summary>When a plan is due next. Who moves it on has the due time for itself: that is what makes each due run one
/// run, with any number of schedulers.</summary>
/// <param name="NextAt">When; null where it is not scheduled.</param>
/// <param name="Rule">What it was computed by: another rule begins anew.</param>
internal sealed record MonitorTimetable(DateTimeOffset? NextAt, string Rule);
