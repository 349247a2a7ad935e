namespace Undercroft.Conformance.Model;

/// <summary>Commits operations.</summary>
internal sealed record CommitStep(IReadOnlyList<WriteIntent> Writes, string? Origin, bool HasIdentity) : ModelStep
{
    public override async Task RunAsync(ModelRun run)
    {
        var commit = new Commit([.. Writes.Select(write => write.ToOperation(run.Model, run.Now))])
        {
            Origin = Origin,
            Identity = HasIdentity ? new CommitIdentity(ModelRun.Client, run.NextNumber++) : null,
        };
        var verdict = run.Model.Judge(commit, run.Now);

        var result = await run.Store.CommitAsync(commit, run.Cancel);

        AssertConflicts(verdict, result);
        if (!verdict.IsCommitted || verdict.Writes.Count == 0)
        {
            Assert.Equal(run.Model.Latest, result.Revision);
            return;
        }

        Assert.True(
            result.Revision.CompareTo(run.Model.Latest) > 0, $"{result.Revision} follows {run.Model.Latest}.");
        Assert.Equal(verdict.Counters, result.Counters);
        Assert.False(result.IsReplay);
        run.Model.Apply(verdict, result.Revision);
        if (HasIdentity)
        {
            run.Repeatable.Add((commit, result));
        }
    }

    public override IEnumerable<ModelStep> Simpler()
    {
        for (var i = 0; i < Writes.Count && Writes.Count > 1; i++)
        {
            yield return this with { Writes = [.. Writes.Take(i), .. Writes.Skip(i + 1)] };
        }

        if (HasIdentity || Origin is not null)
        {
            yield return this with { HasIdentity = false, Origin = null };
        }

        for (var i = 0; i < Writes.Count; i++)
        {
            foreach (var simpler in Simpler(Writes[i]))
            {
                yield return this with { Writes = [.. Writes.Take(i), simpler, .. Writes.Skip(i + 1)] };
            }
        }
    }

    public override string ToString() =>
        $"commit {string.Join(", ", Writes)}" +
        $"{(Origin is null ? "" : $" from {Origin}")}{(HasIdentity ? " repeatably" : "")}";

    private static IEnumerable<WriteIntent> Simpler(WriteIntent write)
    {
        WriteIntent[] simpler =
        [
            write with { Condition = ConditionIntent.Any }, write with { Ages = [] }, write with { Name = null },
            write with { Tag = null }, write with { ExpiresIn = null }, write with { Value = [] },
        ];
        return simpler.Where(other => other.ToString() != write.ToString());
    }

    private static void AssertConflicts(ModelVerdict verdict, CommitResult result)
    {
        Assert.Equal(verdict.IsCommitted, result.IsCommitted);
        var named = result.Conflicts.Where(static conflict => conflict.Kind != ConflictKind.Unique);
        Assert.Equal(verdict.Conflicts, named.OrderBy(static conflict => conflict.Operation));
        if (verdict.Conflicts.Count > 0)
        {
            return;
        }

        var claims = result.Conflicts.Where(static conflict => conflict.Kind == ConflictKind.Unique).ToList();
        Assert.All(claims, claim => Assert.Contains(claim, verdict.Claims));
        foreach (var claim in verdict.Claims)
        {
            Assert.True(
                claims.Exists(other => other.Key == claim.Key || other.Key == claim.Holder),
                $"Neither {claim.Key} nor {claim.Holder} is named, and both would hold a key of '{claim.Index}'.");
        }
    }
}
