// Each test runs nodes of its own and measures nothing; on two cores one after the other is quicker than all at once.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
