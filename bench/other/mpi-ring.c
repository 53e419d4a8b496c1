/* The ring exchange of bench/raw-tcp-ring.ts in MPI: every round both neighbours get the vector, then the mean of three.
 * Prints rounds per second. Arguments: dimension, rounds. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  int rank, size, dimension = atoi(argv[1]), rounds = atoi(argv[2]);
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  int left = (rank + size - 1) % size, right = (rank + 1) % size;
  double *own = malloc(dimension * sizeof(double)), *a = malloc(dimension * sizeof(double)), *b = malloc(dimension * sizeof(double));
  for (int i = 0; i < dimension; i++) own[i] = rank;
  double start = 0;
  for (int round = -rounds / 10; round < rounds; round++) {
    if (round == 0) {
      MPI_Barrier(MPI_COMM_WORLD);
      start = MPI_Wtime();
    }
    MPI_Request requests[4];
    MPI_Irecv(a, dimension, MPI_DOUBLE, left, 0, MPI_COMM_WORLD, &requests[0]);
    MPI_Irecv(b, dimension, MPI_DOUBLE, right, 1, MPI_COMM_WORLD, &requests[1]);
    MPI_Isend(own, dimension, MPI_DOUBLE, right, 0, MPI_COMM_WORLD, &requests[2]);
    MPI_Isend(own, dimension, MPI_DOUBLE, left, 1, MPI_COMM_WORLD, &requests[3]);
    MPI_Waitall(4, requests, MPI_STATUSES_IGNORE);
    for (int i = 0; i < dimension; i++) own[i] = (a[i] + own[i] + b[i]) / 3;
  }
  MPI_Barrier(MPI_COMM_WORLD);
  if (rank == 0) printf("%f\n", rounds / (MPI_Wtime() - start));
  MPI_Finalize();
  return 0;
}
