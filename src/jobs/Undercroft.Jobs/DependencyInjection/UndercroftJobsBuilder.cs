using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Undercroft;
using Undercroft.Jobs;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Says which jobs an application runs. From <c>services.AddUndercroftJobs()</c>.</summary>
public sealed class UndercroftJobsBuilder
{
    internal UndercroftJobsBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services of the application.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Runs the jobs of a kind by a handler, made afresh for each run out of a scope of the
    /// services.</summary>
    /// <typeparam name="T">The type of the payloads.</typeparam>
    /// <typeparam name="THandler">The handler; registered as a scoped service where it is not one.</typeparam>
    /// <param name="definition">The kind and its payload.</param>
    /// <param name="options">How they are run; null means the defaults.</param>
    public UndercroftJobsBuilder AddHandler<
        T, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        JobDefinition<T> definition, JobHandlerOptions? options = null)
        where THandler : class, IJobHandler<T>
    {
        ArgumentNullException.ThrowIfNull(definition);
        Services.TryAddScoped<THandler>();
        return Add(handlers => handlers.Add<T, THandler>(definition, options));
    }

    /// <summary>Runs the jobs of a kind by a function.</summary>
    /// <param name="definition">The kind and its payload.</param>
    /// <param name="handle">Does a job; <see cref="JobContext.Services"/> is the scope of the run.</param>
    /// <param name="options">How they are run; null means the defaults.</param>
    public UndercroftJobsBuilder AddHandler<T>(
        JobDefinition<T> definition,
        Func<T, JobContext, CancellationToken, ValueTask> handle,
        JobHandlerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(handle);
        return Add(handlers => handlers.Add(definition, handle, options));
    }

    /// <summary>Runs the jobs of a kind by a function that reads the bytes itself.</summary>
    /// <param name="kind">The kind: a stable name, not the name of a type.</param>
    /// <param name="handle">Does a job; <see cref="JobContext.Services"/> is the scope of the run.</param>
    /// <param name="options">How they are run; null means the defaults.</param>
    public UndercroftJobsBuilder AddRawHandler(
        string kind,
        Func<ReadOnlyMemory<byte>, JobContext, CancellationToken, ValueTask> handle,
        JobHandlerOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        ArgumentNullException.ThrowIfNull(handle);
        return Add(handlers => handlers.AddRaw(kind, handle, options));
    }

    /// <summary>Has a schedule in the store when the host starts. Where one of its name is there and says the same, it
    /// goes on as it was.</summary>
    /// <param name="schedule">The schedule; its name may be added once.</param>
    /// <exception cref="ArgumentException">It makes no sense, is never due, or its name was added before; the sentence
    /// says what is wrong.</exception>
    public UndercroftJobsBuilder AddSchedule(JobSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ScheduleTimes.Check(schedule, ScheduleTimes.FindZone);
        if (Services.Any(other => other.ImplementationInstance is ScheduleSeed seed &&
            seed.Schedule.Name == schedule.Name))
        {
            throw new ArgumentException(
                $"The schedule {Names.Show(schedule.Name)} has been added already. Give this one another name, or " +
                "leave one of them out.",
                nameof(schedule));
        }

        _ = Services.AddSingleton(new ScheduleSeed(schedule));
        return this;
    }

    private UndercroftJobsBuilder Add(Action<JobHandlers> add)
    {
        _ = Services.AddSingleton(new HandlerSeed(add));
        return this;
    }
}
