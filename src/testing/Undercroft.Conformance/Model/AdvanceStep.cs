namespace Undercroft.Conformance.Model;

/// <summary>Lets time pass.</summary>
internal sealed record AdvanceStep(int Ticks) : ModelStep
{
    public override Task RunAsync(ModelRun run)
    {
        run.Clock.Advance(TimeSpan.FromTicks(Ticks));
        return Task.CompletedTask;
    }

    public override string ToString() => $"let {Ticks} ticks pass";
}
